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

const watched = (version: number, name = 'A') => ({ stock: stock(version, name), isWatched: true });

let store: Cache;
let cache: StockCache;

function create(settings: Partial<FrontendConfig> = {}): void {
  const config = Object.assign(new FrontendConfig(), { cacheSize: 3, cacheTtlMs: 30_000 }, settings);
  store = createCache({ stores: [createKeyv({ lruSize: config.cacheSize, useClone: false })] });
  cache = new StockCache(store, config);
}

async function put(version: number, name = 'A'): Promise<void> {
  await cache.fill(cache.beginFill(name, 'w'), watched(version, name));
}

async function versionOf(name = 'A'): Promise<number | undefined> {
  return (await cache.get(name))?.stock.version;
}

beforeEach(() => create());

describe('a stock cache', () => {
  it('keeps what it was given', async () => {
    expect(await cache.get('A')).toBeUndefined();
    await put(1);
    expect(await cache.get('A')).toEqual({ stock: stock(1), isYoung: true, watch: 'w' });
  });

  it('forgets what was invalidated', async () => {
    await put(1);
    await cache.invalidate('A', 2);
    expect(await cache.get('A')).toBeUndefined();
    await put(2);
    expect(await versionOf()).toBe(2);
  });

  it('keeps a stock that is newer than the invalidation', async () => {
    await put(5);
    await cache.invalidate('A', 5);
    expect(await versionOf()).toBe(5);
    await cache.invalidate('A', 6);
    expect(await versionOf()).toBeUndefined();
  });

  it('gives a stock no lease that the catalog does not watch', async () => {
    await cache.fill(cache.beginFill('A', 'w'), { stock: stock(1), isWatched: false });
    expect(await cache.get('A')).toMatchObject({ watch: undefined });
    await cache.fill(cache.beginFill('B'), watched(1, 'B'));
    expect(await cache.get('B')).toMatchObject({ watch: undefined });
  });

  it('keeps a stock beyond its age, as stale', async () => {
    create({ cacheTtlMs: 1 });
    await put(1);
    await vi.waitFor(async () => expect(await cache.get('A')).toEqual({ stock: stock(1), isYoung: false, watch: 'w' }));
  });

  it('keeps no more than its size, the most recently used', async () => {
    for (const name of ['A', 'B', 'C']) await put(1, name);
    await cache.get('A');
    await put(1, 'D');
    expect(await Promise.all(['A', 'B', 'C', 'D'].map((name) => versionOf(name)))).toEqual([1, undefined, 1, 1]);
  });
});

describe('a fill and an invalidation that overtake each other', () => {
  it('a lookup that was read before a trade is not cached after it', async () => {
    const token = cache.beginFill('A');
    await cache.invalidate('A', 2);
    await cache.fill(token, watched(1));
    expect(await versionOf()).toBeUndefined();
    expect(token.isUntouched).toBe(false);
  });

  it('a lookup that was read after the trade is cached, although it was asked before the invalidation', async () => {
    const token = cache.beginFill('A');
    await cache.invalidate('A', 7);
    await cache.fill(token, watched(7));
    expect(await versionOf()).toBe(7);
  });

  it('a fill voids nothing that another name has on its way', async () => {
    const token = cache.beginFill('B');
    await cache.invalidate('A', 2);
    await cache.fill(token, watched(1, 'B'));
    expect(await versionOf('B')).toBe(1);
  });

  it('an older answer that comes later does not replace a newer one', async () => {
    const [slow, fast] = [cache.beginFill('A'), cache.beginFill('A')];
    await cache.fill(fast, watched(9));
    await cache.fill(slow, watched(8));
    expect(await versionOf()).toBe(9);
  });

  it('an answer below a version that was pushed is not cached, whenever it was asked for', async () => {
    await cache.invalidate('A', 9);
    await put(8);
    expect(await versionOf()).toBeUndefined();
    await put(9);
    expect(await versionOf()).toBe(9);
  });

  // The store is asynchronous: nothing says that two of its operations take effect in the order of their calls.
  it('a write that reaches the store after the invalidation is never served', async () => {
    const write = store.set.bind(store);
    let land = (): void => undefined;
    const held = new Promise<void>((resolve) => (land = resolve));
    vi.spyOn(store, 'set').mockImplementation(async (key, value) => {
      await held;
      return write(key, value);
    });
    const filled = cache.fill(cache.beginFill('A'), watched(1));
    await cache.invalidate('A', 2);
    land();
    await filled;
    expect(await store.get('A')).toBeDefined();
    expect(await versionOf()).toBeUndefined();
  });

  it('two writes that land in the wrong order leave the newer one, or none', async () => {
    const write = store.set.bind(store);
    const landings: (() => void)[] = [];
    vi.spyOn(store, 'set').mockImplementation(async (key, value) => {
      await new Promise<void>((resolve) => landings.push(resolve));
      return write(key, value);
    });
    const filled = [8, 9].map((version) => cache.fill(cache.beginFill('A'), watched(version)));
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

describe('a catalog that was rebuilt', () => {
  beforeEach(async () => {
    await cache.enter('first');
    await put(900);
    await cache.invalidate('B', 900);
  });

  it('begins its versions anew: neither what was cached nor what was heard of before counts', async () => {
    await cache.enter('second');
    expect(await versionOf()).toBeUndefined();
    await put(3);
    await put(4, 'B');
    expect([await versionOf(), await versionOf('B')]).toEqual([3, 4]);
  });

  it('is not held up by an answer of the one before that is still on its way', async () => {
    const late = cache.beginFill('A', 'w');
    await cache.enter('second');
    await cache.fill(late, watched(901));
    expect(await versionOf()).toBeUndefined();
    await put(3);
    expect(await versionOf()).toBe(3);
  });

  it('voids what is cached in the very turn in which it is heard of, however slow the store', async () => {
    vi.spyOn(store, 'clear').mockImplementation(() => new Promise(() => undefined));
    void cache.enter('second');
    expect(await versionOf()).toBeUndefined();
  });

  it('is noticed only once', async () => {
    await cache.enter('first');
    expect(await versionOf()).toBe(900);
  });
});
