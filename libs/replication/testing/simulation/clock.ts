import type { Random } from './random.js';
import type { Scheduler } from './scheduler.js';

/** A member's clock: it runs while the member is frozen, restarts with each process, and is slightly fast or slow. */
export class Clock {
  private readonly rate: number;
  private offset = 0;

  /** @param drift maximum deviation of its rate from 1 */
  constructor(
    private readonly scheduler: Scheduler,
    private readonly random: Random,
    drift: number,
  ) {
    this.rate = drift === 0 ? 1 : random.between(1 - drift, 1 + drift);
  }

  /** Restarts the clock with a new process. */
  restart(): void {
    this.offset = this.rate === 1 ? 0 : this.random.between(0, 1000) - this.scheduler.now * this.rate;
  }

  now(): number {
    return this.scheduler.now * this.rate + this.offset;
  }
}
