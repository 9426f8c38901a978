import { randomUUID } from 'node:crypto';
import { freePorts } from '#harness';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pause, startFrozenPeer, TestSystem } from './system.js';

const trade = { name: 'GameStart', type: 'buy', quantity: 1 };
let system: TestSystem;

beforeAll(async () => {
  system = await TestSystem.start();
  await system.http.post('/orders').send(trade).expect(200);
});

afterAll(() => system.stopAll());

function place(key: string): ReturnType<TestSystem['http']['post']> {
  return system.http.post('/orders').set('Idempotency-Key', key).send(trade);
}

describe('when order replicas or catalogs are unreachable', () => {
  it('reports that nothing was executed while the order replicas are down, and continues when they are back', async () => {
    await system.stop('order');
    // A request sent before the gateway has seen its connection close has an unknown outcome.
    await expect.poll(async () => (await system.http.get('/readyz')).status, { timeout: 10_000 }).toBe(503);
    const key = randomUUID();
    const refused = await place(key).expect(503).expect('Retry-After', '1').expect('Idempotency-Key', key);
    expect(refused.body.error).toMatchObject({ code: 503, reason: 'NO_QUORUM', executed: 'no' });
    expect(refused.body.error.message).toMatch(/needs 2 of 3 members: .*order-1 refuses connections/);
    for (const path of ['/orders/1', '/orders?key=a', '/trades']) {
      const { body } = await system.http.get(path).expect(503).expect('Retry-After', '1');
      expect(body.error).toMatchObject({ reason: 'NO_QUORUM', executed: 'no' });
    }
    await system.start('order');
    await system.waitUntilReady();
    await place(key).expect(200);
    await system.http.get('/orders/1').expect(200);
  });

  it('reports the same without a majority of them', async () => {
    await system.stop('order-1');
    await system.stop('order-2');
    await expect.poll(async () => (await system.http.get('/readyz')).status, { timeout: 10_000 }).toBe(503);
    const { body } = await place(randomUUID()).expect(503).expect('Retry-After', '1');
    expect(body.error).toMatchObject({ reason: 'NO_QUORUM', executed: 'no' });
    await system.start('order-1');
    await system.waitUntilReady();
    await place(randomUUID()).expect(200);
    await system.start('order-2');
  });

  it('executes trades, repeats and order queries while the catalog is down', async () => {
    await system.stop('catalog');
    const [key, refusedKey] = [randomUUID(), randomUUID()];
    const placed = await place(key).expect(200);
    const again = await place(key).expect(200).expect('Idempotent-Replayed', 'true');
    expect(again.body).toEqual(placed.body);
    const tooMuch = { ...trade, quantity: 1_000_000 };
    const refused = await system.http.post('/orders').set('Idempotency-Key', refusedKey).send(tooMuch).expect(422);
    expect(refused.body.error).toMatchObject({ reason: 'NOT_ENOUGH_STOCKS' });
    await system.http.get('/orders').query({ key }).expect(200);
    const { body } = await system.http.get('/readyz').expect(503);
    expect(body.error).toMatchObject({ reason: 'CATALOG_UNAVAILABLE', details: { order: { status: 'up' } } });
    await system.start('catalog');
    await system.waitUntilReady();
  });

  it('executes no trade before there are stocks, which the first catalog adds', async () => {
    const empty = await TestSystem.start({}, { orders: 1, parts: ['order', 'frontend'] });
    const placeThere = (): ReturnType<typeof place> =>
      empty.http.post('/orders').set('Idempotency-Key', 'early').send(trade);
    try {
      while ((await empty.http.get('/leader')).status !== 200) await pause(20);
      const { body } = await placeThere().expect(503).expect('Retry-After', '1');
      expect(body.error).toMatchObject({ reason: 'CATALOG_UNAVAILABLE', executed: 'no' });
      expect(body.error.message).toContain('no stocks yet');
      await empty.start('catalog');
      await empty.waitUntilReady();
      // The key is still free.
      const placed = await placeThere().expect(200);
      expect(placed.body).toEqual({ data: { transaction_number: 1 } });
      expect(placed.headers['idempotent-replayed']).toBeUndefined();
    } finally {
      await empty.stopAll();
    }
  });

  it('reports an unknown outcome if a replica accepted the trade and fell silent', async () => {
    const frozen = await startFrozenPeer();
    const [closed = 0] = await freePorts(1);
    const settings = {
      ORDER_REPLICAS: `1=127.0.0.1:${frozen.port}`,
      CATALOG_REPLICAS: `1=127.0.0.1:${closed}`,
      REQUEST_TIMEOUT_MS: '600',
      RPC_TIMEOUT_MS: '200',
    };
    const cut = await TestSystem.start(settings, { parts: ['frontend'] });
    try {
      const { body } = await cut.http.post('/orders').set('Idempotency-Key', 'k/1').send(trade).expect(504);
      expect(body.error).toMatchObject({ code: 504, reason: 'OUTCOME_UNKNOWN', executed: 'unknown' });
      expect(body.error.message).toContain('order-1 gave no answer in 200 ms');
      expect(body.error.hint).toContain('GET /orders?key=k%2F1');
      for (const path of ['/orders/1', '/orders?key=a', '/trades']) {
        const read = await cut.http.get(path).expect(503);
        expect(read.body.error).toMatchObject({ reason: 'NO_LEADER', executed: 'no' });
      }
    } finally {
      await cut.stopAll();
      frozen.stop();
    }
  });
});
