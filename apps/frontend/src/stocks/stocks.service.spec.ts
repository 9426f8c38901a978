import { ServiceError, type Stock } from '#contracts';
import { createCache } from 'cache-manager';
import { createKeyv } from 'cacheable';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ExchangeGroup } from '../cluster/exchange-group.js';
import { FrontendConfig } from '../frontend.config.js';
import type { CacheLease } from './cache-lease.js';
import { StockCache } from './stock-cache.js';
import { StocksService } from './stocks.service.js';

interface Question {
  readonly answer: (stock: Stock, isFresh?: boolean) => void;
  readonly fail: (error: Error) => void;
  readonly remainingMs: number;
  /** Whether the answer is sufficient, so that no other catalog is asked. */
  readonly isEnough: (answer: { readonly isFresh: boolean }) => boolean;
}

/** Calls to the catalogs, which the test answers by hand in any order. */
let questions: Question[];
let stocks: StocksService;
let cache: StockCache;
/** Name of the watch at the catalog; undefined when the lease has expired. */
let lease: { current: string | undefined };

const context = { id: 'test', remainingMs: 5000 };
const unavailable = new ServiceError('CATALOG_UNAVAILABLE');

const stock = (version: number): Stock => ({
  name: 'A',
  priceCents: 100,
  quantity: 1000 - version,
  volume: version,
  maxTradingVolume: 0,
  version,
});

function create(settings: Partial<FrontendConfig> = {}): void {
  const config = Object.assign(new FrontendConfig(), settings);
  questions = [];
  const exchange: Pick<ExchangeGroup, 'askCatalog'> = {
    askCatalog: <T>(_pattern: string, _payload: object, { remainingMs }: typeof context, isEnough: unknown) =>
      new Promise<T>((resolve, fail) => {
        const answer: Question['answer'] = (stock, isFresh = true) =>
          resolve({ stock, isFresh, isWatched: isFresh } as T);
        questions.push({ answer, fail, remainingMs, isEnough: isEnough as Question['isEnough'] });
      }),
  };
  const store = createCache({ stores: [createKeyv({ lruSize: 10, useClone: false })] });
  cache = new StockCache(store, config);
  lease = { current: 'w1' };
  stocks = new StocksService(exchange as ExchangeGroup, cache, lease as CacheLease, config);
}

async function question(position: number): Promise<Question> {
  await vi.waitFor(() => expect(questions.length).toBeGreaterThan(position));
  const asked = questions[position];
  if (!asked) throw new Error('unreachable');
  return asked;
}

beforeEach(() => create());

describe('lookups', () => {
  it('of one name at one time are one question', async () => {
    const lookups = [1, 2, 3].map(() => stocks.lookup('A', context));
    (await question(0)).answer(stock(1));
    expect(await Promise.all(lookups)).toEqual([1, 2, 3].map(() => ({ stock: stock(1), result: 'MISS' })));
    expect(await stocks.lookup('A', context)).toEqual({ stock: stock(1), result: 'HIT' });
    expect(questions).toHaveLength(1);
  });

  it('that fail together are asked anew afterwards', async () => {
    const lookup = stocks.lookup('A', context);
    (await question(0)).fail(unavailable);
    await expect(lookup).rejects.toBe(unavailable);
    const again = stocks.lookup('A', context);
    (await question(1)).answer(stock(1));
    expect((await again).stock.version).toBe(1);
  });

  it('after a trade do not join a question from before it', async () => {
    const before = stocks.lookup('A', context);
    await question(0);
    await cache.invalidate('A');
    const after = stocks.lookup('A', context);
    (await question(1)).answer(stock(2));
    expect((await after).stock.version).toBe(2);
    (await question(0)).answer(stock(1));
    expect((await before).stock.version).toBe(1);
    expect(await stocks.lookup('A', context)).toEqual({ stock: stock(2), result: 'HIT' });
  });

  it('from before a trade leave nothing behind when they are answered first', async () => {
    const before = stocks.lookup('A', context);
    await question(0);
    await cache.invalidate('A');
    (await question(0)).answer(stock(1));
    await before;
    const after = stocks.lookup('A', context);
    (await question(1)).answer(stock(2));
    expect(await after).toEqual({ stock: stock(2), result: 'MISS' });
  });

  it('are not answered from the cache once the lease has ended, nor under another one', async () => {
    const lookup = stocks.lookup('A', context);
    (await question(0)).answer(stock(1));
    await lookup;
    for (const [i, watch] of [undefined, 'w2'].entries()) {
      lease.current = watch;
      const again = stocks.lookup('A', context);
      (await question(i + 1)).answer(stock(1));
      expect(await again).toMatchObject({ result: 'MISS' });
    }
    expect(await stocks.lookup('A', context)).toMatchObject({ result: 'HIT' });
  });

  it('do not join a question while nobody would tell of a trade', async () => {
    lease.current = undefined;
    const first = stocks.lookup('A', context);
    await question(0);
    const second = stocks.lookup('A', context);
    (await question(1)).answer(stock(2));
    expect((await second).stock.version).toBe(2);
    (await question(0)).answer(stock(1));
    await first;
  });

  it('always ask when the cache is off', async () => {
    create({ cacheEnabled: false });
    for (const version of [1, 2]) {
      const lookup = stocks.lookup('A', context);
      (await question(version - 1)).answer(stock(version));
      expect(await lookup).toEqual({ stock: stock(version), result: 'BYPASS' });
    }
  });
});

describe('an answer that no catalog could prove to be fresh', () => {
  it('is stale, and another catalog is asked before it is taken', async () => {
    const lookup = stocks.lookup('A', context);
    const asked = await question(0);
    expect([asked.isEnough({ isFresh: false }), asked.isEnough({ isFresh: true })]).toEqual([false, true]);
    asked.answer(stock(1), false);
    expect(await lookup).toEqual({ stock: stock(1), result: 'STALE' });
    const again = stocks.lookup('A', context);
    (await question(1)).answer(stock(2));
    expect(await again).toEqual({ stock: stock(2), result: 'MISS' });
  });

  it('does not take the place of a newer one that was cached', async () => {
    const lookup = stocks.lookup('A', context);
    (await question(0)).answer(stock(5));
    await lookup;
    lease.current = undefined;
    const again = stocks.lookup('A', context);
    (await question(1)).answer(stock(4), false);
    expect(await again).toEqual({ stock: stock(5), result: 'STALE' });
  });

  it('is stale when the cache is off, too', async () => {
    create({ cacheEnabled: false });
    const lookup = stocks.lookup('A', context);
    (await question(0)).answer(stock(1), false);
    expect(await lookup).toEqual({ stock: stock(1), result: 'STALE' });
  });
});

describe('an outdated stock', () => {
  async function cacheOutdated(): Promise<void> {
    create({ cacheTtlMs: 1, rpcTimeoutMs: 1000 });
    const lookup = stocks.lookup('A', context);
    (await question(0)).answer(stock(1));
    await lookup;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }

  it('is served while no catalog is in reach, after one attempt and not the whole deadline', async () => {
    await cacheOutdated();
    const lookup = stocks.lookup('A', context);
    const asked = await question(1);
    expect(asked.remainingMs).toBe(1000);
    asked.fail(unavailable);
    expect(await lookup).toEqual({ stock: stock(1), result: 'STALE' });
  });

  it('is served, as stale, also once a trade has changed it', async () => {
    await cacheOutdated();
    const lookup = stocks.lookup('A', context);
    const asked = await question(1);
    await cache.invalidate('A');
    asked.fail(unavailable);
    expect(await lookup).toEqual({ stock: stock(1), result: 'STALE' });
  });

  it('is not served when the catalog has answered otherwise', async () => {
    await cacheOutdated();
    const lookup = stocks.lookup('A', context);
    (await question(1)).fail(new ServiceError('STOCK_NOT_FOUND'));
    await expect(lookup).rejects.toMatchObject({ reason: 'STOCK_NOT_FOUND' });
  });
});
