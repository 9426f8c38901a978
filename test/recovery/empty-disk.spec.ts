import { EXCHANGE_PATTERNS, type OwnDigest, type OwnOrders, type OwnStocks } from '#contracts';
import { learnerIdOf, parseMembers } from '#service-kit';
import { GroupClient } from '#replication';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestSystem } from '../http/system.js';

const TRADES = 60;
const CATALOG = learnerIdOf(1);

let system: TestSystem;
let group: GroupClient;

async function trade(key: string, name: string, quantity: number): Promise<number> {
  const request = system.http.post('/orders').set('Idempotency-Key', key);
  return (await request.send({ name, type: 'buy', quantity })).status;
}

async function tradeMuch(): Promise<void> {
  const keys = Array.from({ length: TRADES }, (_, i) => `t${i}`);
  const name = (i: number): string => (i % 3 === 0 ? 'Ford' : 'Nike');
  const statuses = await Promise.all(keys.map((key, i) => trade(key, name(i), 1)));
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(await trade('refused', 'Ford', 5000)).toBe(422);
}

async function own<T>(member: number, pattern: string, page: object): Promise<T> {
  const call = { ...page, requestId: 'compare', timeoutMs: 2000 };
  const result = await group.ask<T>(member, pattern, call, 2000);
  if (!('answer' in result)) throw new Error(`member ${member} ${result.why}`);
  return result.answer;
}

/** Returns a member's whole state, as far as it can be queried. */
async function stateOf(member: number): Promise<unknown> {
  const { stocks, lastNumber } = await own<OwnStocks>(member, EXCHANGE_PATTERNS.ownStocks, { limit: 1000 });
  const { digest } = await own<OwnDigest>(member, EXCHANGE_PATTERNS.ownDigest, { after: 0, limit: 10_000 });
  const { orders } = await own<OwnOrders>(member, EXCHANGE_PATTERNS.ownOrders, { after: 0, limit: 1000 });
  return { stocks, lastNumber, digest, orders };
}

beforeEach(async () => {
  system = await TestSystem.start();
  const learners = parseMembers(system.listOf('catalog')).map((member) => ({ ...member, id: learnerIdOf(member.id) }));
  group = new GroupClient({ group: 'exchange', voters: parseMembers(system.listOf('order')), learners });
});

afterEach(async () => {
  group.close();
  await system.stopAll();
});

describe('a member whose disk was emptied', () => {
  it('recovers by itself as a catalog, and is never behind an acknowledged trade', async () => {
    await tradeMuch();
    await system.hit('Ford');
    await system.stop('catalog');
    expect(await trade('while-down', 'Ford', 10)).toBe(200);
    await system.start('catalog', { onEmptyDisk: true });
    await system.waitUntilReady();
    const { body } = await system.http.get('/stocks/Ford').expect(200).expect('X-Cache', 'MISS');
    expect(body.data.quantity).toBe(1000 - TRADES / 3 - 10);
    expect(await stateOf(CATALOG)).toEqual(await stateOf(3));
    expect(await stateOf(CATALOG)).toMatchObject({ lastNumber: TRADES + 1 });
  });

  it('as a catalog answers nothing as fresh, and nothing with "not found", before it knows a leader', async () => {
    await tradeMuch();
    await system.stop('catalog');
    await system.stop('order');
    await system.start('catalog', { onEmptyDisk: true });
    for (const path of ['/stocks/Nike', '/stocks/Nowhere', '/stocks']) {
      const { body } = await system.http.get(path).expect(503);
      expect(body.error).toMatchObject({ reason: 'CATALOG_UNAVAILABLE', executed: 'no' });
    }
    await system.start('order');
    await system.waitUntilReady();
    const { body } = await system.http.get('/stocks/Nike').expect(200);
    expect(body.data.quantity).toBe(1000 - (2 * TRADES) / 3);
    // Its first stocks were not added again: earlier keys are still known.
    const again = await system.http
      .post('/orders')
      .set('Idempotency-Key', 't0')
      .send({ name: 'Ford', type: 'buy', quantity: 1 })
      .expect(200);
    expect(again.headers['idempotent-replayed']).toBe('true');
  });
});
