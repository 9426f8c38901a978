import { CATALOG_PATTERNS, type WatchAnswer, type WatchCall } from '#contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ExchangeGroup } from '../cluster/exchange-group.js';
import { FrontendConfig } from '../frontend.config.js';
import { CacheLease } from './cache-lease.js';
import type { StockCache } from './stock-cache.js';

type Asked = Pick<WatchCall, 'watch' | 'confirmed'>;

interface Turn {
  readonly asked: Asked;
  readonly isEnough: (answer: WatchAnswer) => boolean;
  readonly answer: (answer: WatchAnswer) => void;
  readonly fail: (error: Error) => void;
}

/** Watch calls, which the test answers by hand. */
let turns: Turn[];
/** Invalidations in progress, which the test ends by hand. */
let drops: { readonly name: string; readonly end: () => void }[];
let lease: CacheLease;

const answer = (more: Partial<WatchAnswer> = {}): WatchAnswer => ({
  watch: 'w1',
  leaseMs: 500,
  sequence: 0,
  changes: [],
  ...more,
});

/** Answers the current watch call and resolves to the next one. */
async function next(given: WatchAnswer): Promise<Turn> {
  const { length } = turns;
  turns.at(-1)?.answer(given);
  await vi.advanceTimersByTimeAsync(0);
  const turn = turns[length];
  if (!turn) throw new Error('the catalog was not asked again');
  return turn;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  [turns, drops] = [[], []];
  const exchange: Pick<ExchangeGroup, 'askCatalog'> = {
    askCatalog: <T>(pattern: string, asked: object, _: object, isEnough: unknown) =>
      new Promise<T>((resolve, fail) => {
        expect(pattern).toBe(CATALOG_PATTERNS.watch);
        const answerIt = (given: WatchAnswer): void => resolve(given as T);
        turns.push({ asked: asked as Asked, isEnough: isEnough as Turn['isEnough'], answer: answerIt, fail });
      }),
  };
  const cache: Pick<StockCache, 'invalidate'> = {
    invalidate: (name) => new Promise((end) => drops.push({ name, end })),
  };
  lease = new CacheLease(exchange as ExchangeGroup, cache as StockCache, new FrontendConfig());
  lease.onApplicationBootstrap();
});

afterEach(() => {
  lease.onModuleDestroy();
  turns.at(-1)?.answer(answer());
  vi.useRealTimers();
});

describe('the lease of a cache', () => {
  it('is counted from when the catalog was asked, and ends a little before it does there', async () => {
    expect(lease.current).toBeUndefined();
    await vi.advanceTimersByTimeAsync(100);
    await next(answer());
    await vi.advanceTimersByTimeAsync(374);
    expect(lease.current).toBe('w1');
    await vi.advanceTimersByTimeAsync(1);
    expect(lease.current).toBeUndefined();
  });

  it('is renewed turn by turn, and given up when another watch begins', async () => {
    expect(turns[0]?.asked).toEqual({ confirmed: 0 });
    expect((await next(answer())).asked).toEqual({ watch: 'w1', confirmed: 0 });
    await vi.advanceTimersByTimeAsync(400);
    // The lease counts from when the call was sent, which was before these 400 ms.
    await next(answer());
    await next(answer());
    await vi.advanceTimersByTimeAsync(400);
    expect(lease.current).toBe('w1');
    await next(answer({ watch: 'w2' }));
    expect(lease.current).not.toBe('w1');
  });

  it('is neither longer nor is a change confirmed before the stock is dropped', async () => {
    await next(answer());
    await vi.advanceTimersByTimeAsync(400);
    turns.at(-1)?.answer(answer({ sequence: 3, changes: ['Ford', 'Nike'] }));
    await vi.advanceTimersByTimeAsync(100);
    expect([drops.map(({ name }) => name), turns.length, lease.current]).toEqual([['Ford', 'Nike'], 2, undefined]);
    for (const { end } of drops) end();
    await vi.advanceTimersByTimeAsync(0);
    expect(turns.at(-1)?.asked).toEqual({ watch: 'w1', confirmed: 3 });
  });

  it('is none while the catalog has no read lease itself; another one is asked first', async () => {
    const none = answer({ leaseMs: 0 });
    expect([turns[0]?.isEnough(none), turns[0]?.isEnough(answer())]).toEqual([false, true]);
    await next(none);
    expect(lease.current).toBeUndefined();
  });
});
