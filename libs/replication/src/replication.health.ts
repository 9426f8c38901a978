import { Injectable } from '@nestjs/common';
import { ReplicatedLog } from './replicated-log.service.js';

/** The result of an indicator in Terminus's form. Declared here, so that Terminus need not be installed. */
export type ReplicationHealthResult = Record<
  string,
  {
    readonly status: 'up' | 'down';
    readonly role: string;
    readonly term: number;
    /** At a learner: whether it holds a read lease. Without one it still serves, but each read asks the leader. */
    readonly holdsReadLease?: boolean;
    readonly message?: string;
  }
>;

/**
 * A health indicator for `@nestjs/terminus`: up while this member serves, that is, while it leads with a quorum, or follows a
 * leader, as a voter or learner, and has caught up; otherwise down, with the reason.
 *
 * @example
 * this.health.check([() => this.replication.check('counter')]);
 */
@Injectable()
export class ReplicationHealth {
  constructor(private readonly log: ReplicatedLog) {}

  /** @param key name in the report. @default the name of the group */
  check(key?: string): ReplicationHealthResult {
    const { group, role, term, notReadyBecause, readLeaseMs } = this.log.status();
    const name = key ?? group;
    const lease = role === 'learner' ? { holdsReadLease: readLeaseMs !== null } : {};
    if (notReadyBecause === null) return { [name]: { status: 'up', role, term, ...lease } };
    return { [name]: { status: 'down', role, term, ...lease, message: notReadyBecause } };
  }
}
