import type { Scheduler } from './scheduler.js';

interface Kept {
  readonly value: string;
  readonly endsAt: number;
  /** The process that has served it. Its successor does not know of it. */
  readonly from: object;
}

/**
 * Clients of a learner that keep what it has served until its lease of that time ends, whether its process still runs or not.
 * Only the process that has served it can tell them to drop it earlier.
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

  /** Undefined when there is no value under a lease. */
  show(key: number): string | undefined {
    const kept = this.kept.get(key);
    return kept !== undefined && this.scheduler.now < kept.endsAt ? kept.value : undefined;
  }
}
