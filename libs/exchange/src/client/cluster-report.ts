import { majorityOf, type PeerStatus, type ReplicaStatus } from '#replication';

/** The answer of one member of the exchange group to the question how it is, or why there is none. */
export interface MemberReport {
  /** `order-3` */
  readonly process: string;
  /** In the group. */
  readonly id: number;
  /** `host:port` */
  readonly address: string;
  /** True for order replicas; catalogs are learners. */
  readonly votes: boolean;
  /** Null when it did not answer. */
  readonly status: ReplicaStatus | null;
  /** Why it did not answer, or is not ready; null when it serves. */
  readonly problem: string | null;
}

export type LeaderReport = MemberReport & { readonly status: ReplicaStatus };

export interface ClusterReport {
  /** The order replicas, and then the catalogs. */
  readonly members: readonly MemberReport[];
  /** The order replica that leads with a quorum behind it; null when there is none. */
  readonly leader: LeaderReport | null;
}

/** A leader that has just been deposed may still call itself one: the latest term counts. */
export function leaderOf(members: readonly MemberReport[]): LeaderReport | null {
  return members.filter(leads).sort((a, b) => b.status.term - a.status.term)[0] ?? null;
}

export function votersOf({ members }: Pick<ClusterReport, 'members'>): readonly MemberReport[] {
  return members.filter(({ votes }) => votes);
}

export function learnersOf({ members }: Pick<ClusterReport, 'members'>): readonly MemberReport[] {
  return members.filter(({ votes }) => !votes);
}

/** Whether enough order replicas answer to choose a leader. */
export function hasQuorum(report: Pick<ClusterReport, 'members'>): boolean {
  const voters = votersOf(report);
  return voters.filter(({ status }) => status !== null).length >= majorityOf(voters.length);
}

/** All members but the leader, as the leader sees them. */
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
