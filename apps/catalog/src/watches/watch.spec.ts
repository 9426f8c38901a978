import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Watch } from './watch.js';

const LEASE_MS = 500;
let watch: Watch;

/** Whether a promise is resolved by now. */
async function isDone(promise: Promise<void>): Promise<boolean> {
  let done = false;
  void promise.then(() => (done = true));
  await vi.advanceTimersByTimeAsync(0);
  return done;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  watch = new Watch(LEASE_MS, performance.now() + LEASE_MS);
});

afterEach(() => vi.useRealTimers());

describe('a watch', () => {
  it('tells only of what the gateway holds, once', async () => {
    watch.hold('A');
    watch.changed('A');
    watch.changed('B');
    expect(await watch.next(100)).toEqual({ sequence: 1, changes: ['A'] });
    watch.confirm(1);
    watch.changed('A');
    const quiet = watch.next(100);
    await vi.advanceTimersByTimeAsync(100);
    expect(await quiet).toEqual({ sequence: 1, changes: [] });
  });

  it('answers a waiting question as soon as something changes', async () => {
    watch.hold('A');
    const question = watch.next(100);
    watch.changed('A');
    expect((await question).changes).toEqual(['A']);
  });

  it('tells again what was not confirmed', async () => {
    watch.hold('A');
    watch.changed('A');
    await watch.next(100);
    watch.hold('B');
    watch.changed('B');
    expect((await watch.next(100)).changes).toEqual(['A', 'B']);
  });

  it('is settled at once for what the gateway does not hold', async () => {
    watch.changed('A');
    expect(await isDone(watch.settled('A'))).toBe(true);
  });

  it('is settled when the change is confirmed, and not by an earlier confirmation', async () => {
    watch.hold('A');
    watch.changed('A');
    watch.hold('B');
    watch.changed('B');
    const settled = watch.settled('B');
    watch.confirm(1);
    expect(await isDone(settled)).toBe(false);
    watch.confirm(2);
    expect(await isDone(settled)).toBe(true);
  });

  it('is not settled by a later change of the same stock, which the gateway does not hold any more', async () => {
    watch.hold('A');
    watch.changed('A');
    watch.changed('A');
    expect(await isDone(watch.settled('A'))).toBe(false);
  });

  it('is settled when the lease ends, and no sooner', async () => {
    watch.hold('A');
    watch.changed('A');
    const settled = watch.settled('A');
    await vi.advanceTimersByTimeAsync(LEASE_MS - 1);
    expect([await isDone(settled), watch.isLive]).toEqual([false, true]);
    await vi.advanceTimersByTimeAsync(2);
    expect([await isDone(settled), watch.isLive]).toEqual([true, false]);
  });

  it('has a lease that is renewed as long as every change is confirmed', async () => {
    for (let sequence = 1; sequence < 10; sequence += 1) {
      watch.hold('A');
      watch.changed('A');
      await vi.advanceTimersByTimeAsync(LEASE_MS - 100);
      watch.confirm(sequence);
      watch.renew(performance.now() + LEASE_MS);
      expect(watch.leaseMsFrom(performance.now())).toBe(LEASE_MS);
    }
  });

  it('has a lease that is never made shorter: the gateway counts on what it was told', () => {
    watch.renew(performance.now() + 100);
    expect(watch.leaseMsFrom(performance.now())).toBe(LEASE_MS);
  });

  it('delays no trade for longer than a lease when the gateway asks and never confirms', async () => {
    await vi.advanceTimersByTimeAsync(100);
    watch.hold('A');
    watch.changed('A');
    const settled = watch.settled('A');
    for (let asked = 0; asked < 4; asked += 1) {
      await vi.advanceTimersByTimeAsync(100);
      watch.confirm(0);
      watch.renew(performance.now() + LEASE_MS);
      // Nor is it told that its lease is longer than it is.
      expect(watch.leaseMsFrom(performance.now())).toBe(LEASE_MS - 100 * (asked + 1));
      expect(await isDone(settled)).toBe(false);
    }
    await vi.advanceTimersByTimeAsync(101);
    expect([await isDone(settled), watch.isLive]).toEqual([true, false]);
  });
});
