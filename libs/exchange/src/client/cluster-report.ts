import { majorityOf, type PeerStatus, type ReplicaStatus } from '#replication';

/** The status of one member of the exchange group, or why it gave none. */
export interface MemberReport {
  /** `order-3` */
  readonly process: string;
  /** Id in the group. */
  readonly id: number;
  /** `host:port` */
  readonly address: string;
  /** True for order replicas, false for catalogs, which are learners. */
  readonly votes: boolean;
  /** Null if it did not answer. */
  readonly status: ReplicaStatus | null;
  /** Why it did not answer, or is not ready; null if it serves. */
  readonly problem: string | null;
}

export type LeaderReport = MemberReport & { readonly status: ReplicaStatus };

export interface ClusterReport {
  /** The order replicas, then the catalogs. */
  readonly members: readonly MemberReport[];
  /** The order replica that leads with a quorum; null if there is none. */
  readonly leader: LeaderReport | null;
}

/** Finds the leader of the latest term. A leader that was just deposed may still claim to lead. */
export function leaderOf(members: readonly MemberReport[]): LeaderReport | null {
  return members.filter(leads).sort((a, b) => b.status.term - a.status.term)[0] ?? null;
}

export function votersOf({ members }: Pick<ClusterReport, 'members'>): readonly MemberReport[] {
  return members.filter(({ votes }) => votes);
}

export function learnersOf({ members }: Pick<ClusterReport, 'members'>): readonly MemberReport[] {
  return members.filter(({ votes }) => !votes);
}

/** Reports whether enough order replicas answer to elect a leader. */
export function hasQuorum(report: Pick<ClusterReport, 'members'>): boolean {
  const voters = votersOf(report);
  return voters.filter(({ status }) => status !== null).length >= majorityOf(voters.length);
}

/** Returns the state of all other members as the leader sees them. */
export function othersOf(leader: MemberReport | null): readonly PeerStatus[] {
  return leader?.status ? [...leader.status.voters, ...leader.status.learners] : [];
}

/** Describes each member for people: `order-1 is follower; order-2 refuses connections (ECONNREFUSED)`. */
export function describeMembers(members: readonly MemberReport[]): string {
  return members
    .map(({ process, status, problem }) => {
      if (status === null) return `${process} ${problem}`;
      return `${process} is ${status.role}${status.ready ? '' : `, not ready: ${problem}`}`;
    })
    .join('; ');
}

function leads(report: MemberReport): report is LeaderReport {
  return report.status?.role === 'leader' && report.status.ready;
}
