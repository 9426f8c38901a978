import type { ReadLease } from './held-lease.js';
import type { Entry } from './messages.js';
import type { ReadPosition } from './receipts.js';
import type { Replica } from './replica.js';

interface LocalRead {
  /** Reports whether an entry may change the data to be read. The read waits for no other entries. */
  readonly concerns: (entry: Entry) => boolean;
  /** Called when local state may be read, within the same turn. */
  readonly ripe: () => void;
  /** Called when there is no lease: only the leader knows which entries have taken effect. */
  readonly askLeader: () => void;
}

/** The position that a read waits for, and the lease under which that is enough. */
interface Plan extends ReadPosition {
  /** Time at which that lease was granted. A different value means a different lease, with a gap before it. */
  readonly since: number;
}

/**
 * Reads at a learner that holds a lease. Every entry that took effect before the call was received here, or lies below the index
 * that came with the lease. So a read waits until those entries are applied, as far as they concern it, and is then answered
 * from local state if the lease is still valid.
 */
export class LocalReads {
  private waiting: { readonly read: LocalRead; readonly plan: Plan }[] = [];

  constructor(private readonly core: Pick<Replica, 'readLease' | 'lastReceived' | 'termAt'>) {}

  /** @param now a fresh reading of the clock, as in `advance` */
  start(read: LocalRead, now: number, appliedIndex: number): void {
    const lease = this.core.readLease(now);
    if (lease === null) read.askLeader();
    else this.goOn(read, this.plan(read, lease), now, appliedIndex);
  }

  /** Must be called when entries were applied or cut, and on each tick. */
  advance(now: number, appliedIndex: number): void {
    const { waiting } = this;
    this.waiting = [];
    for (const { read, plan } of waiting) this.goOn(read, plan, now, appliedIndex);
  }

  private goOn(read: LocalRead, plan: Plan, now: number, appliedIndex: number): void {
    const lease = this.core.readLease(now);
    if (lease === null) {
      read.askLeader();
      return;
    }
    // After a gap between two leases, the plan may lack entries. And an entry that was cut will never be applied.
    const isOutdated = lease.since !== plan.since || this.isCut(plan, appliedIndex);
    const current = isOutdated ? this.plan(read, lease) : plan;
    if (current.index <= appliedIndex) read.ripe();
    else this.waiting.push({ read, plan: current });
  }

  private plan(read: LocalRead, { since, index }: ReadLease): Plan {
    const received = this.core.lastReceived(read.concerns);
    return received === null || received.index < index ? { index, term: null, since } : { ...received, since };
  }

  private isCut({ index, term }: ReadPosition, appliedIndex: number): boolean {
    return term !== null && index > appliedIndex && this.core.termAt(index) !== term;
  }
}
