import type { CoreStatus } from '../core/replica.js';
import type { Observation } from './observation.js';
import type { EventSink } from '../ports.js';

interface LeaseLogOptions {
  readonly nameOf: (id: number) => string;
  readonly readLeaseMs: number;
  readonly sink: EventSink;
}

/** Writes log lines about read leases: at the leader about each learner's lease, and at a learner about its own. */
export class LeaseLog {
  private readonly holders = new Set<number>();
  /** Learners that held a lease, which has ended. */
  private readonly lapsed = new Set<number>();
  private heldLease = false;

  constructor(private readonly options: LeaseLogOptions) {}

  observe(before: CoreStatus, { status, holdsLease = false, leaderContactMs }: Observation): void {
    if (status.role === 'learner') this.own(before, status, holdsLease, leaderContactMs);
    if (status.role !== 'leader') this.holders.clear();
    for (const learner of status.learners) this.granted(status, learner);
  }

  private granted({ commitIndex }: CoreStatus, { id, leaseMs, matchIndex }: CoreStatus['learners'][number]): void {
    const { nameOf, readLeaseMs, sink } = this.options;
    if (leaseMs !== null && !this.holders.has(id)) {
      this.holders.add(id);
      sink.log(`${nameOf(id)} holds a read lease${this.lapsed.delete(id) ? ' again' : ''}`);
    } else if (leaseMs === null && this.holders.delete(id)) {
      this.lapsed.add(id);
      if (matchIndex >= commitIndex)
        sink.warn(`${nameOf(id)} did not renew its read lease: it asks for each read, or is down`);
      else
        sink.warn(
          `${nameOf(id)} has not acknowledged entry ${matchIndex + 1} for ${readLeaseMs} ms: its read lease has ended, and entries no longer wait for it`,
        );
    }
  }

  private own(before: CoreStatus, { leader }: CoreStatus, holdsLease: boolean, leaderContactMs: number | null): void {
    const { nameOf, sink } = this.options;
    if (before.leader !== null && leader === null)
      sink.warn(
        `has received nothing from leader ${nameOf(before.leader)} for ${leaderContactMs ?? 0} ms: reads fail once its read lease has ended`,
      );
    if (holdsLease && !this.heldLease) sink.log('holds a read lease: answers reads by itself');
    else if (!holdsLease && this.heldLease) sink.warn('lost its read lease: each read asks the leader');
    this.heldLease = holdsLease;
  }
}
