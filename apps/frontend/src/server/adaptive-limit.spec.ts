import { describe, expect, it } from 'vitest';
import { AdaptiveLimit } from './adaptive-limit.js';

/** A system that answers in order, one request each so many milliseconds, behind a limit; the clock is simulated. */
class Server {
  readonly limit = new AdaptiveLimit(1024);
  /** Times taken by the answers of the last call of `offer`. */
  took: number[] = [];
  refused = 0;
  private readonly underWay: number[] = [];
  private now = 0;

  /** @param batchMs answers come together, this far apart */
  constructor(private readonly batchMs = 1) {}

  /** Offers requests at a steady rate, to a system of so many answers per second. With 0 it stands still. */
  offer(perSecond: number, capacity: number, seconds: number): this {
    this.took = [];
    this.refused = 0;
    let [due, done] = [0, 0];
    for (const end = this.now + seconds * 1000; this.now < end; this.now++) {
      for (due += perSecond / 1000; due >= 1; due--) {
        if (this.limit.admits(this.underWay.length, this.now)) this.underWay.push(this.now);
        else this.refused++;
      }
      done = Math.min(done + capacity / 1000, this.underWay.length + 1);
      for (; this.now % this.batchMs === 0 && done >= 1 && this.underWay.length > 0; done--) {
        const took = this.now - (this.underWay.shift() ?? 0);
        this.took.push(took);
        this.limit.answered(took, this.now);
      }
    }
    return this;
  }

  get slowestMs(): number {
    return Math.max(...this.took);
  }
}

describe('the limit of requests under way', () => {
  it.each([400, 700, 2000])(
    'keeps waits short and the system busy at five times %i requests per second',
    (capacity) => {
      const server = new Server().offer(5 * capacity, capacity, 2);
      server.offer(5 * capacity, capacity, 10);
      expect(server.took.length).toBeGreaterThan(0.98 * capacity * 10);
      expect(server.slowestMs).toBeLessThan(350);
    },
  );

  it.each([50, 150, 210, 250, 400])('is not deceived by answers that come together, every %i ms', (batchMs) => {
    const server = new Server(batchMs).offer(3000, 600, 3);
    server.offer(3000, 600, 10);
    expect(server.slowestMs).toBeLessThan(2 * batchMs + 300);
    // No fewer than the least number in each batch.
    expect(server.took.length).toBeGreaterThan(0.9 * 10 * Math.min(600, 128 / (batchMs / 1000)));
  });

  it('lets nobody wait for long even before it has learned', () => {
    expect(new Server().offer(3000, 600, 2).slowestMs).toBeLessThan(500);
  });

  it('refuses nothing below capacity, at once after an overload too', () => {
    const server = new Server().offer(600, 700, 10);
    expect(server.refused).toBe(0);
    server.offer(5000, 700, 10);
    server.offer(600, 700, 1);
    expect(server.offer(600, 700, 5).refused).toBe(0);
  });

  it.each([
    [300, 0.5],
    [900, 0.5],
    [50, 1.9],
  ])('takes no election for an overload: %i requests per second, %d s without an answer', (perSecond, seconds) => {
    const server = new Server().offer(perSecond, 1500, 5).offer(perSecond, 0, seconds);
    expect(server.refused).toBe(0);
    expect(server.offer(perSecond, 1500, 5).refused).toBe(0);
  });

  it('recognizes an election by the time without an answer, whichever request is answered first', () => {
    const limit = new AdaptiveLimit(1024);
    limit.admits(0, 0);
    for (let i = 1; i < 250; i++) limit.admits(i, 100);
    // The last one is answered first.
    limit.answered(1, 800);
    expect(limit.admits(400, 900)).toBe(true);
  });

  it('takes no lull for an election', () => {
    const server = new Server().offer(300, 1500, 5).offer(0, 1500, 60);
    server.offer(3000, 600, 2);
    expect(server.refused).toBeGreaterThan(2 * (3000 - 600) * 0.8);
    expect(server.slowestMs).toBeLessThan(500);
  });

  it('is the usual one again soon after an overload', () => {
    const server = new Server().offer(3000, 300, 10);
    expect(server.limit.current).toBe(128);
    expect(server.offer(100, 300, 3).limit.current).toBe(256);
  });

  it('grows while it is not enough, up to what it was told', () => {
    const server = new Server().offer(100_000, 20_000, 5);
    expect(server.limit.current).toBe(1024);
  });

  it('stays high enough for a disk that many trades must share', () => {
    expect(new Server().offer(2000, 100, 10).limit.current).toBe(128);
  });

  it('is never above what it was told', () => {
    const limit = new AdaptiveLimit(2);
    expect([limit.admits(0, 0), limit.admits(1, 0), limit.admits(2, 0)]).toEqual([true, true, false]);
  });
});
