import { CATALOG_PATTERNS, type TradeOutcome } from '@stock-bazaar/contracts';
import { GroupClient, STATUS_PATTERN, type ReplicaStatus } from '@stock-bazaar/replication';
import { afterEach, describe, expect, it } from 'vitest';
import { pause, TestSystem } from '../http/system.js';

/** That trade at the same time. */
const CLIENTS = 40;

let system: TestSystem;
let catalog: GroupClient;
/** Id of the order group. */
let orderGroup: string;

/** What an order leader leaves behind that dies right after the catalog has executed a trade for it. */
async function executeWithoutRecording(key: string, quantity = 1, orderTerm = 1): Promise<TradeOutcome> {
  const claim = { recordedUpTo: 0, orderTerm, orderGroup };
  const trade = { key, name: 'GameStart', type: 'buy', quantity, ...claim, requestId: 'orphan' };
  for (;;) {
    try {
      const options = { timeoutMs: 3000, repeatable: true, isBatched: true };
      return await catalog.call(CATALOG_PATTERNS.trade, trade, options);
    } catch (error) {
      // A new catalog takes a moment to take in its first stocks.
      if ((error as { reason?: string }).reason !== 'CATALOG_UNAVAILABLE') throw error;
      await pause(20);
    }
  }
}

async function numbersByKey(): Promise<Record<string, number>> {
  const { body } = await system.http.get('/trades').expect(200);
  const { data } = body as unknown as { data: { key: string; number: number }[] };
  return Object.fromEntries(data.map(({ key, number }) => [key, number]));
}

async function start(): Promise<void> {
  system = await TestSystem.start();
  const memberAt = (port: number) => [{ id: 1, host: '127.0.0.1', port }];
  catalog = new GroupClient({ group: 'catalog', members: memberAt(system.catalogPort) });
  const orders = new GroupClient({ group: 'order', members: memberAt(system.orderPort) });
  const status = await orders.call<ReplicaStatus>(STATUS_PATTERN, {}, { timeoutMs: 5000, repeatable: true });
  orders.close();
  orderGroup = status.groupId ?? 'none';
}

afterEach(async () => {
  catalog.close();
  await system.stopAll();
});

describe('a trade that the catalog executed and nobody recorded', () => {
  it('is recorded by the next order leader, before anything else', async () => {
    await start();
    await system.stop('order');
    for (const key of ['a', 'b', 'c']) await executeWithoutRecording(key);
    await system.start('order');
    await system.waitUntilReady();
    const placed = await system.http.post('/orders').send({ name: 'Tesla', type: 'sell', quantity: 1 }).expect(200);
    expect(placed.body).toEqual({ data: { transaction_number: 4 } });
    expect(await numbersByKey()).toMatchObject({ a: 1, b: 2, c: 3 });
  });

  it('is recorded when the next trade shows that a number is missing', async () => {
    await start();
    await executeWithoutRecording('lost');
    const placed = await system.http.post('/orders').send({ name: 'Tesla', type: 'sell', quantity: 1 }).expect(200);
    expect(placed.body).toEqual({ data: { transaction_number: 2 } });
    expect(await numbersByKey()).toMatchObject({ lost: 1 });
  });

  it('is recorded although nobody ever asks again', async () => {
    await start();
    await executeWithoutRecording('quiet');
    let recorded = await numbersByKey();
    for (
      const deadline = performance.now() + 20_000;
      recorded['quiet'] === undefined && performance.now() < deadline;
    ) {
      await pause(50);
      recorded = await numbersByKey();
    }
    expect(recorded).toEqual({ quiet: 1 });
  });

  it('is found by its key, and its repeat is given the same number', async () => {
    await start();
    await executeWithoutRecording('found', 3);
    const found = await system.http.get('/orders').query({ key: 'found' }).expect(200);
    expect(found.body).toEqual({ data: { number: 1, name: 'GameStart', type: 'buy', quantity: 3 } });
    const repeat = await system.http
      .post('/orders')
      .set('Idempotency-Key', 'found')
      .send({ name: 'GameStart', type: 'buy', quantity: 3 })
      .expect(200);
    expect(repeat.body).toEqual({ data: { transaction_number: 1 } });
    expect(repeat.headers['idempotent-replayed']).toBe('true');
    const stock = await system.http.get('/stocks/GameStart').expect(200);
    expect(stock.body).toMatchObject({ data: { quantity: 997 } });
  });
});

describe('the table of trades that are not known to be on record', () => {
  async function size(): Promise<number> {
    const { body } = await system.http.get('/cluster').expect(200);
    return (body as unknown as { data: { unrecordedTrades: number } }).data.unrecordedTrades;
  }

  it('is empty again as soon as somebody has recorded them', async () => {
    await start();
    await system.stop('order');
    for (const key of ['a', 'b', 'c']) await executeWithoutRecording(key);
    expect(await size()).toBe(3);
    await system.start('order');
    await expect.poll(size, { timeout: 20_000 }).toBe(0);
  });

  it('stays small under load, and is empty after it by itself', async () => {
    await start();
    const sizes: number[] = [];
    const trade = async (): Promise<void> => {
      for (let turn = 0; turn < 15; turn += 1)
        await system.http.post('/orders').send({ name: 'Ford', type: 'sell', quantity: 1 }).expect(200);
    };
    const load = Promise.all(Array.from({ length: CLIENTS }, trade));
    for (let isDone = false; !isDone;) {
      sizes.push(await size());
      isDone = await Promise.race([load.then(() => true), pause(20).then(() => false)]);
    }
    // What is under way, and what has been told with the trades before.
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2 * CLIENTS);
    expect(Math.max(...sizes)).toBeGreaterThan(0);
    await expect.poll(size, { timeout: 20_000 }).toBe(0);
  });
});

describe('an order leader that was deposed and does not know it', () => {
  it('can not execute a trade that its successor has called "not found"', async () => {
    await start();
    await system.stop('order');
    // It leads in the next term.
    await system.start('order');
    await system.waitUntilReady();
    await system.http.get('/orders?key=late').expect(404);
    await expect(executeWithoutRecording('late')).rejects.toMatchObject({ reason: 'SUPERSEDED' });
    await system.http.get('/orders?key=late').expect(404);
  });
});

describe('a catalog that serves one order group', () => {
  it('executes nothing for another one, whatever its term', async () => {
    await start();
    const ours = orderGroup;
    orderGroup = 'theirs';
    for (const term of [1, 9])
      await expect(executeWithoutRecording('foreign', 1, term)).rejects.toThrow(
        'this catalog serves another order group',
      );
    orderGroup = ours;
    await system.http.get('/orders?key=foreign').expect(404);
    const placed = await system.http.post('/orders').send({ name: 'Tesla', type: 'sell', quantity: 1 }).expect(200);
    expect(placed.body).toEqual({ data: { transaction_number: 1 } });
  });
});

describe('a catalog that has forgotten trades that are on record', () => {
  it('is neither traded with nor believed, and says why', async () => {
    await start();
    await system.http.post('/orders').send({ name: 'Tesla', type: 'sell', quantity: 1 }).expect(200);
    await system.stop('catalog');
    await system.start('catalog', { dataDir: 'another' });
    const lookup = await system.http.get('/stocks/Tesla').expect(503);
    expect(['CATALOG_BEHIND', 'CATALOG_UNAVAILABLE']).toContain(
      (lookup.body as { error: { reason: string } }).error.reason,
    );
    const refused = await system.http.post('/orders').send({ name: 'Tesla', type: 'sell', quantity: 1 }).expect(503);
    expect(refused.body).toMatchObject({ error: { reason: 'CATALOG_BEHIND' } });
    const afterwards = await system.http.get('/stocks/Tesla').expect(503);
    expect(afterwards.body).toMatchObject({ error: { reason: 'CATALOG_BEHIND' } });
  });
});
