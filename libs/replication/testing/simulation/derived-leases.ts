import type { Scheduler } from './scheduler.js';

interface Kept {
  readonly value: string;
  readonly endsAt: number;
  /** The process that has served the value. Its successor does not know of it. */
  readonly from: object;
}

/**
 * Simulates clients of a learner that cache its answers until the lease of that time ends, whether its process still runs or not.
 * Only the process that has served an answer can invalidate it earlier.
 */
export class DerivedLeases {
  private readonly kept = new Map<number, Kept>();

  constructor(private readonly scheduler: Scheduler) {}

  give(key: number, value: string, leaseMs: number, from: object): void {
    this.kept.set(key, { value, endsAt: this.scheduler.now + leaseMs, from });
  }

  drop(key: number, from: object): void {
    if (this.kept.get(key)?.from === from) this.kept.delete(key);
  }

  /** Returns the cached value; undefined if there is none under a lease. */
  show(key: number): string | undefined {
    const kept = this.kept.get(key);
    return kept !== undefined && this.scheduler.now < kept.endsAt ? kept.value : undefined;
  }
}
