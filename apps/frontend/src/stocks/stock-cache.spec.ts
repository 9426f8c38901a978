import { createCache, type Cache } from 'cache-manager';
import { createKeyv } from 'cacheable';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FrontendConfig } from '../frontend.config.js';
import { StockCache } from './stock-cache.js';

const stock = (version: number, name = 'A') => ({
  name,
  priceCents: 100,
  quantity: 1000 - version,
  volume: version,
  maxTradingVolume: 0,
  version,
});

const answer = (version: number, name = 'A') => ({ stock: stock(version, name), isFresh: true, isWatched: true });

let store: Cache;
let cache: StockCache;

function create(settings: Partial<FrontendConfig> = {}): void {
  const config = Object.assign(new FrontendConfig(), { cacheSize: 3, cacheTtlMs: 30_000 }, settings);
  store = createCache({ stores: [createKeyv({ lruSize: config.cacheSize, useClone: false })] });
  cache = new StockCache(store, config);
}

async function put(version: number, name = 'A'): Promise<void> {
  await cache.fill(cache.beginFill(name, 'w'), answer(version, name));
}

async function versionOf(name = 'A'): Promise<number | undefined> {
  return (await cache.get(name))?.stock.version;
}

/** Returns the watch under whose lease the stock may be served as fresh. */
async function watchOf(name = 'A'): Promise<string | undefined> {
  return (await cache.get(name))?.watch;
}

beforeEach(() => create());

describe('a stock cache', () => {
  it('keeps what it was given', async () => {
    expect(await cache.get('A')).toBeUndefined();
    await put(1);
    expect(await cache.get('A')).toEqual({ stock: stock(1), watch: 'w' });
  });

  it('keeps what was invalidated as stale, until it is looked up again', async () => {
    await put(1);
    await cache.invalidate('A');
    expect(await cache.get('A')).toEqual({ stock: stock(1), watch: undefined });
    await put(2);
    expect(await cache.get('A')).toEqual({ stock: stock(2), watch: 'w' });
  });

  it('invalidates no other stock, and minds none that it does not have', async () => {
    await put(1, 'B');
    await cache.invalidate('A');
    expect(await watchOf('B')).toBe('w');
  });

  it('gives a stock no lease that the catalog does not watch', async () => {
    await cache.fill(cache.beginFill('A', 'w'), { ...answer(1), isWatched: false });
    expect(await cache.get('A')).toEqual({ stock: stock(1), watch: undefined });
    await cache.fill(cache.beginFill('B'), answer(1, 'B'));
    expect(await watchOf('B')).toBeUndefined();
  });

  it('keeps a stock beyond its age, as stale', async () => {
    create({ cacheTtlMs: 1 });
    await put(1);
    await vi.waitFor(async () => expect(await cache.get('A')).toEqual({ stock: stock(1), watch: undefined }));
  });

  it('keeps no more than its size, the most recently used', async () => {
    for (const name of ['A', 'B', 'C']) await put(1, name);
    await cache.get('A');
    await put(1, 'D');
    expect(await Promise.all(['A', 'B', 'C', 'D'].map((name) => versionOf(name)))).toEqual([1, undefined, 1, 1]);
  });
});

describe('a fill and an invalidation that overtake each other', () => {
  it('a lookup that was on its way at the invalidation is never served as fresh, whatever it has read', async () => {
    for (const version of [1, 7]) {
      const token = cache.beginFill('A', 'w');
      await cache.invalidate('A');
      await cache.fill(token, answer(version));
      expect(await cache.get('A')).toEqual({ stock: stock(version), watch: undefined });
      expect(token.isUntouched).toBe(false);
    }
  });

  it('a lookup that was asked after the invalidation is, although one from before is answered later', async () => {
    const before = cache.beginFill('A', 'w');
    await cache.invalidate('A');
    await put(7);
    await cache.fill(before, answer(6));
    expect(await cache.get('A')).toEqual({ stock: stock(7), watch: 'w' });
  });

  it('an invalidation voids nothing that another name has on its way', async () => {
    const token = cache.beginFill('B', 'w');
    await cache.invalidate('A');
    await cache.fill(token, answer(1, 'B'));
    expect(await watchOf('B')).toBe('w');
  });

  it('an older answer that comes later does not replace a newer one', async () => {
    const [slow, fast] = [cache.beginFill('A', 'w'), cache.beginFill('A', 'w')];
    await cache.fill(fast, answer(9));
    await cache.fill(slow, answer(8));
    expect(await versionOf()).toBe(9);
  });

  it('an answer of a catalog that could not prove it to be fresh does not replace a newer one', async () => {
    await put(9);
    await cache.fill(cache.beginFill('A', 'w'), { stock: stock(8), isFresh: false, isWatched: false });
    expect(await cache.get('A')).toEqual({ stock: stock(9), watch: 'w' });
  });

  // The store is asynchronous, so two operations may take effect in another order than they were called.
  it('a write that reaches the store after the invalidation is never served as fresh', async () => {
    const write = store.set.bind(store);
    let land = (): void => undefined;
    const held = new Promise<void>((resolve) => (land = resolve));
    vi.spyOn(store, 'set').mockImplementation(async (key, value) => {
      await held;
      return write(key, value);
    });
    const filled = cache.fill(cache.beginFill('A', 'w'), answer(1));
    await cache.invalidate('A');
    land();
    await filled;
    expect(await versionOf()).toBe(1);
    expect(await watchOf()).toBeUndefined();
  });

  it('two writes that land in the wrong order leave the newer one, or none', async () => {
    const write = store.set.bind(store);
    const landings: (() => void)[] = [];
    vi.spyOn(store, 'set').mockImplementation(async (key, value) => {
      await new Promise<void>((resolve) => landings.push(resolve));
      return write(key, value);
    });
    const filled = [8, 9].map((version) => cache.fill(cache.beginFill('A', 'w'), answer(version)));
    for (const land of landings.reverse()) {
      land();
      await vi.waitFor(() => store.get('A'));
    }
    await Promise.all(filled);
    expect([9, undefined]).toContain(await versionOf());
  });

  it('tokens are not kept once they have ended', async () => {
    for (let i = 0; i < 100; i++) {
      await put(i, `name ${i}`);
      cache.release(cache.beginFill(`other ${i}`));
    }
    expect(Reflect.get(cache, 'fills')).toHaveProperty('size', 0);
    expect(cache.recentNames()).toHaveLength(3);
  });
});
