import { afterEach, describe, expect, it } from 'vitest';
import { startFrozenPeer, TestSystem } from './system.js';

let system: TestSystem;

afterEach(() => system.stopAll());

/** Returns the `X-Cache` header of a successful lookup, and the quantity. */
async function lookup(name: string): Promise<readonly [cache: string | undefined, quantity: number]> {
  const { headers, body } = await system.http.get(`/stocks/${name}`).expect(200);
  return [headers['x-cache'], body.data.quantity];
}

/** Waits for a fresh lookup: a restarted catalog may not know the leader yet. Resolves to the quantity. */
async function waitUntilFresh(name: string): Promise<number> {
  for (;;) {
    const [cache, quantity] = await lookup(name);
    if (cache !== 'STALE') return quantity;
  }
}

async function buy(name: string): Promise<void> {
  await system.http.post('/orders').send({ name, type: 'buy', quantity: 1 }).expect(200);
}

describe('without any catalog', () => {
  it('a lookup is answered from the cache while the stock is fresh, STALE when it is not, and 503 if it is not cached', async () => {
    system = await TestSystem.start({ CACHE_TTL_MS: '1' });
    await system.http.get('/stocks/Nike').expect('X-Cache', 'MISS');
    await system.stop('catalog');
    const stale = await system.http.get('/stocks/Nike').expect(200).expect('X-Cache', 'STALE');
    expect(stale.body).toEqual({ data: { name: 'Nike', price: 126.13, quantity: 1000 } });
    for (const path of ['/stocks/Tesla', '/stocks']) {
      const { body } = await system.http.get(path).expect(503).expect('Retry-After', '1');
      expect(body.error).toMatchObject({ code: 503, reason: 'CATALOG_UNAVAILABLE', executed: 'no' });
      expect(body.error.message).toMatch(/catalog-1 refuses connections/);
      expect(body.error.hint).toBeTypeOf('string');
    }
    await system.start('catalog');
    await system.waitUntilReady();
    await waitUntilFresh('Nike');
  });

  it('a cached stock is STALE from the first trade on, and fresh again when the catalog is back', async () => {
    system = await TestSystem.start();
    await system.hit('Nike');
    await system.stop('catalog');
    // Acknowledged once no gateway answers from its cache as if it were fresh.
    await buy('Nike');
    expect(await lookup('Nike')).toEqual(['STALE', 1000]);
    await system.start('catalog');
    await system.waitUntilReady();
    expect(await waitUntilFresh('Nike')).toBe(999);
  });
});

describe('with a frozen catalog', () => {
  it('a lookup is answered within the deadline', async () => {
    const frozen = await startFrozenPeer();
    const settings = {
      CATALOG_REPLICAS: `1=127.0.0.1:${frozen.port}`,
      REQUEST_TIMEOUT_MS: '600',
      RPC_TIMEOUT_MS: '200',
    };
    system = await TestSystem.start(settings, { parts: ['frontend'] });
    const started = performance.now();
    const { body } = await system.http.get('/stocks/Nike').expect(503).expect('Retry-After', '1');
    expect(performance.now() - started).toBeLessThan(5000);
    frozen.stop();
    expect(body.error).toMatchObject({ reason: 'CATALOG_UNAVAILABLE', executed: 'no' });
    expect(body.error.message).toContain('catalog-1 gave no answer in 200 ms');
  });
});

describe('without a majority of the order replicas', () => {
  it('every stock of a catalog is STALE, cached before or not, and a missing one is not reported as "not found"', async () => {
    system = await TestSystem.start();
    await system.hit('Nike');
    await buy('Ford');
    await system.stop('order-1');
    await system.stop('order-2');
    for (const name of ['Nike', 'Ford', 'Tesla'])
      await expect.poll(() => lookup(name), { timeout: 10_000 }).toEqual(['STALE', name === 'Ford' ? 999 : 1000]);
    const list = await system.http.get('/stocks').expect(200).expect('X-Cache', 'STALE');
    expect(list.body.data).toHaveLength(10);
    const unknown = await system.http.get('/stocks/Nowhere').expect(503).expect('Retry-After', '1');
    expect(unknown.body.error).toMatchObject({ reason: 'CATALOG_UNAVAILABLE', executed: 'no' });

    await system.start('order-1');
    await system.waitUntilReady();
    expect((await lookup('Tesla'))[0]).toBe('MISS');
    expect((await system.http.get('/stocks').expect(200)).headers['x-cache']).toBeUndefined();
    await system.http.get('/stocks/Nowhere').expect(404);
  });

  it('a gateway without a cache answers STALE, too', async () => {
    system = await TestSystem.start({ CACHE_ENABLED: 'false' }, { orders: 1 });
    expect(await lookup('Nike')).toEqual(['BYPASS', 1000]);
    await system.stop('order');
    await expect.poll(() => lookup('Nike'), { timeout: 10_000 }).toEqual(['STALE', 1000]);
  });
});

describe('with two catalogs', () => {
  it('lookups continue and are fresh, whichever of them is down', async () => {
    system = await TestSystem.start({}, { catalogs: 2 });
    let left = 1000;
    for (const down of ['catalog-1', 'catalog-2', 'catalog-1'] as const) {
      await system.hit('Nike');
      await system.stop(down);
      await buy('Nike');
      left -= 1;
      expect(await lookup('Nike')).toEqual(['MISS', left]);
      expect((await system.hit('Nike')).body.data.quantity).toBe(left);
      const { body } = await system.http.get('/readyz').expect(200);
      expect(body.data['details']).toMatchObject({
        catalog: { status: 'up', catalogs: [down === 'catalog-1' ? 'catalog-2' : 'catalog-1'] },
      });
      await system.start(down);
    }
  });

  it('a cached stock is dropped by a trade, whichever catalog the gateway watches', async () => {
    system = await TestSystem.start({}, { catalogs: 2 });
    const other = await system.startGateway({});
    for (let left = 999; left > 980; left -= 1) {
      await system.hit('Nike');
      await buy('Nike');
      const { data } = (await (await fetch(`${other}/stocks/Nike`)).json()) as { data: { quantity: number } };
      expect([data.quantity, (await lookup('Nike'))[1]]).toEqual([left, left]);
    }
  });
});
