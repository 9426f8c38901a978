import type { CoreStatus } from '../core/replica.js';
import type { Observation } from './event-log.js';
import type { EventSink } from '../ports.js';

interface LeaseLogOptions {
  readonly nameOf: (id: number) => string;
  readonly readLeaseMs: number;
  readonly sink: EventSink;
}

/** The lines about read leases: at the leader about each learner's, and at a learner about its own. */
export class LeaseLog {
  private readonly holders = new Set<number>();
  /** Whose lease ended while an entry waited for it. */
  private readonly leftBehind = new Set<number>();
  private heldLease = false;

  constructor(private readonly options: LeaseLogOptions) {}

  observe(before: CoreStatus, { status, holdsLease = false, leaderHeardMs }: Observation): void {
    if (status.role === 'learner') this.own(before, status, holdsLease, leaderHeardMs);
    if (status.role !== 'leader') this.holders.clear();
    for (const learner of status.learners) this.granted(status, learner);
  }

  private granted({ commitIndex }: CoreStatus, { id, leaseMs, matchIndex }: CoreStatus['learners'][number]): void {
    const { nameOf, readLeaseMs, sink } = this.options;
    if (leaseMs !== null && !this.holders.has(id)) {
      this.holders.add(id);
      sink.log(`${nameOf(id)} holds a read lease${this.leftBehind.delete(id) ? ' again' : ''}`);
    } else if (leaseMs === null && this.holders.delete(id)) {
      this.leftBehind.add(id);
      if (matchIndex >= commitIndex) sink.warn(`${nameOf(id)} has let its read lease end`);
      else
        sink.warn(
          `${nameOf(id)} has not acknowledged entry ${matchIndex + 1} for ${readLeaseMs} ms: goes on without it`,
        );
    }
  }

  private own(before: CoreStatus, { leader }: CoreStatus, holdsLease: boolean, leaderHeardMs: number | null): void {
    const { nameOf, sink } = this.options;
    if (before.leader !== null && leader === null)
      sink.warn(`has heard nothing of ${nameOf(before.leader)} for ${leaderHeardMs ?? 0} ms, and knows no leader`);
    if (holdsLease && !this.heldLease) sink.log('holds a read lease: answers reads by itself');
    else if (!holdsLease && this.heldLease) sink.warn('holds no read lease any more: each read asks the leader');
    this.heldLease = holdsLease;
  }
}
