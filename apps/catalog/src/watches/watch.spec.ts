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
  watch = new Watch(LEASE_MS);
});

afterEach(() => vi.useRealTimers());

describe('a watch', () => {
  it('tells only of what the gateway holds, once', async () => {
    watch.hold('A');
    watch.changed({ name: 'A', version: 3 });
    watch.changed({ name: 'B', version: 4 });
    expect(await watch.next(100)).toEqual({ sequence: 1, changes: [{ name: 'A', version: 3 }] });
    watch.confirm(1);
    watch.changed({ name: 'A', version: 5 });
    const quiet = watch.next(100);
    await vi.advanceTimersByTimeAsync(100);
    expect(await quiet).toEqual({ sequence: 1, changes: [] });
  });

  it('answers a waiting question as soon as something changes', async () => {
    watch.hold('A');
    const question = watch.next(100);
    watch.changed({ name: 'A', version: 3 });
    expect((await question).changes).toHaveLength(1);
  });

  it('tells again what was not confirmed', async () => {
    watch.hold('A');
    watch.changed({ name: 'A', version: 3 });
    await watch.next(100);
    watch.hold('B');
    watch.changed({ name: 'B', version: 4 });
    expect((await watch.next(100)).changes).toEqual([
      { name: 'A', version: 3 },
      { name: 'B', version: 4 },
    ]);
  });

  it('is settled at once for what the gateway does not hold', async () => {
    watch.changed({ name: 'A', version: 3 });
    expect(await isDone(watch.settled('A'))).toBe(true);
  });

  it('is settled when the change is confirmed, and not by an earlier confirmation', async () => {
    watch.hold('A');
    watch.changed({ name: 'A', version: 3 });
    watch.hold('B');
    watch.changed({ name: 'B', version: 4 });
    const settled = watch.settled('B');
    watch.confirm(1);
    expect(await isDone(settled)).toBe(false);
    watch.confirm(2);
    expect(await isDone(settled)).toBe(true);
  });

  it('is not settled by a later change of the same stock, which the gateway does not hold any more', async () => {
    watch.hold('A');
    watch.changed({ name: 'A', version: 3 });
    watch.changed({ name: 'A', version: 4 });
    expect(await isDone(watch.settled('A'))).toBe(false);
  });

  it('is settled when the lease ends, and no sooner', async () => {
    watch.hold('A');
    watch.changed({ name: 'A', version: 3 });
    const settled = watch.settled('A');
    await vi.advanceTimersByTimeAsync(LEASE_MS - 1);
    expect([await isDone(settled), watch.isLive]).toEqual([false, true]);
    await vi.advanceTimersByTimeAsync(2);
    expect([await isDone(settled), watch.isLive]).toEqual([true, false]);
  });

  it('has a lease that is renewed as long as every change is confirmed', async () => {
    for (let version = 1; version < 10; version += 1) {
      watch.hold('A');
      watch.changed({ name: 'A', version });
      await vi.advanceTimersByTimeAsync(LEASE_MS - 100);
      watch.confirm(version);
      watch.renew();
      expect(watch.leaseMsFrom(performance.now())).toBe(LEASE_MS);
    }
  });

  it('delays no trade for longer than a lease when the gateway asks and never confirms', async () => {
    await vi.advanceTimersByTimeAsync(100);
    watch.hold('A');
    watch.changed({ name: 'A', version: 3 });
    const settled = watch.settled('A');
    for (let asked = 0; asked < 4; asked += 1) {
      await vi.advanceTimersByTimeAsync(100);
      watch.confirm(0);
      watch.renew();
      // Nor is it told that its lease is longer than it is.
      expect(watch.leaseMsFrom(performance.now())).toBe(LEASE_MS - 100 * (asked + 1));
      expect(await isDone(settled)).toBe(false);
    }
    await vi.advanceTimersByTimeAsync(101);
    expect([await isDone(settled), watch.isLive]).toEqual([true, false]);
  });
});
