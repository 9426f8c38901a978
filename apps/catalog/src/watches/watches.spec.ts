import type { WatchAnswer } from '#contracts';
import type { ExchangeCommand } from '#exchange';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LEASE_MS, Watches } from './watches.js';

let watches: Watches;
/** Time left of the catalog's own read lease, in milliseconds. */
let readLeaseMs: number | null;

/** One turn of a gateway's watch; a quiet one takes until the catalog has held it for a while. */
async function turn(watch?: string, confirmed = 0): Promise<WatchAnswer> {
  const call = { confirmed, ...(watch !== undefined && { watch }), requestId: 'watch', timeoutMs: 1000 };
  const answer = watches.watch(call, () => readLeaseMs);
  await vi.advanceTimersByTimeAsync(100);
  return answer;
}

/** Begins a watch that holds Ford. */
async function holding(): Promise<string> {
  const { watch } = await turn();
  expect(watches.hold(watch, 'Ford')).toBe(true);
  return watch;
}

function trade(name = 'Ford'): ExchangeCommand {
  return { command: 'trade', key: 'k', name, type: 'buy', quantity: 1, executedAt: 1 };
}

/** Whether a promise is resolved by now. */
async function isDone(promise: Promise<void>): Promise<boolean> {
  let done = false;
  void promise.then(() => (done = true));
  await vi.advanceTimersByTimeAsync(0);
  return done;
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  readLeaseMs = 10_000;
  watches = new Watches();
  await vi.advanceTimersByTimeAsync(LEASE_MS);
});

afterEach(() => vi.useRealTimers());

describe('the watches of a catalog', () => {
  it('release at once what no gateway holds', async () => {
    await holding();
    expect(await isDone(watches.release([trade('Nike')]))).toBe(true);
  });

  it('release at once the first stocks, which nobody can have cached', async () => {
    await holding();
    const stocks = [{ name: 'Ford', priceCents: 1, quantity: 1, maxTradingVolume: 0 }];
    expect(await isDone(watches.release([{ command: 'addFirstStocks', stocks }]))).toBe(true);
  });

  it('release a trade only when every gateway that holds its stock has confirmed', async () => {
    const [one, other] = [await holding(), await holding()];
    const released = watches.release([trade(), trade()]);
    for (const watch of [one, other]) {
      const { sequence, changes } = await turn(watch);
      expect([changes, await isDone(released)]).toEqual([['Ford'], false]);
      await turn(watch, sequence);
    }
    expect(await isDone(released)).toBe(true);
  });

  it('tell of a change between the holding and the answer of a lookup', async () => {
    const { watch } = await turn();
    watches.hold(watch, 'Ford');
    const released = watches.release([trade()]);
    expect((await turn(watch)).changes).toEqual(['Ford']);
    expect(await isDone(released)).toBe(false);
  });

  it('release a trade when the lease of a gateway that is silent ends, and no sooner', async () => {
    await holding();
    // The turn took its 100 ms.
    const released = watches.release([trade()]);
    await vi.advanceTimersByTimeAsync(LEASE_MS - 101);
    expect(await isDone(released)).toBe(false);
    await vi.advanceTimersByTimeAsync(2);
    expect(await isDone(released)).toBe(true);
  });

  it('grant no lease that outlasts the read lease of the catalog', async () => {
    readLeaseMs = 300;
    const { watch, leaseMs } = await turn();
    expect(leaseMs).toBe(300);
    readLeaseMs = 150;
    const renewed = await turn(watch);
    // What was granted before stays: 200 ms of it were left.
    expect([renewed.watch, renewed.leaseMs]).toEqual([watch, 200]);
    watches.hold(watch, 'Ford');
    const released = watches.release([trade()]);
    await vi.advanceTimersByTimeAsync(101);
    expect(await isDone(released)).toBe(true);
  });

  it.each([null, 0])('grant no lease, and let nobody cache, while the read lease is %s', async (left) => {
    readLeaseMs = left;
    const { watch, leaseMs } = await turn();
    expect([leaseMs, watches.hold(watch, 'Ford')]).toEqual([0, false]);
    readLeaseMs = 10_000;
    const next = await turn(watch);
    // Trades may have passed this gateway by in between.
    expect([next.watch === watch, next.leaseMs]).toEqual([false, LEASE_MS]);
  });

  it('hold nothing for a watch that they do not know, or without one', () => {
    expect([watches.hold(undefined, 'Ford'), watches.hold('somebody', 'Ford')]).toEqual([false, false]);
  });

  it('begin anew once a lease has ended', async () => {
    const watch = await holding();
    await vi.advanceTimersByTimeAsync(LEASE_MS);
    expect(watches.hold(watch, 'Ford')).toBe(false);
    expect((await turn(watch)).watch).not.toBe(watch);
  });

  it('are bounded in number, and make room for others when leases end', async () => {
    const call = { confirmed: 0, requestId: 'watch', timeoutMs: 1000 };
    for (let i = 0; i < 256; i += 1) void watches.watch(call, () => readLeaseMs);
    await expect(watches.watch(call, () => readLeaseMs)).rejects.toMatchObject({ reason: 'OVERLOADED' });
    await vi.advanceTimersByTimeAsync(LEASE_MS);
    expect((await turn()).leaseMs).toBe(LEASE_MS);
  });
});

describe('a catalog that has just started', () => {
  it('releases nothing before every lease of the process before it has ended', async () => {
    vi.useRealTimers();
    const startedAt = performance.now();
    watches = new Watches();
    await watches.release([trade()]);
    // A timer of Node's may fire within the millisecond before.
    expect(performance.now() - startedAt).toBeGreaterThan(LEASE_MS - 2);
  });
});
