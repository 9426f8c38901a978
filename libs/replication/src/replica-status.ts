import type { Role } from './core/ready.js';
import type { CoreStatus, LearnerProgress, VoterProgress } from './core/replica.js';
import type { Storage } from './ports.js';
import type { MemberAddress } from './errors.js';

/** The pattern under which every member answers with its `ReplicaStatus`, leader or not. Takes `{}`. */
export const STATUS_PATTERN = 'replication.status';

/** The state of one member as it knows it, and if it leads, of the others. */
export interface ReplicaStatus {
  readonly group: string;
  /** Unique id of the group, different for groups with the same name; null until it is created, or this member has joined it. */
  readonly groupId: string | null;
  readonly id: number;
  readonly role: Role;
  readonly term: number;
  /** The leader of `term`; null while unknown. */
  readonly leader: MemberAddress | null;
  /** Index of the last entry on this member's disk. */
  readonly lastIndex: number;
  /** Index of the last entry known to be committed. */
  readonly commitIndex: number;
  /** Index of the last entry known to be settled: also acknowledged by all learners with a read lease. No entry beyond it is applied. */
  readonly settledIndex: number;
  /** Index of the last entry applied to the state machine. */
  readonly appliedIndex: number;
  /** Whether it serves: it leads with a quorum, or follows a leader and has caught up. */
  readonly ready: boolean;
  /** Why it is not ready, for people; null if it is. */
  readonly notReadyBecause: string | null;
  /** Milliseconds since a follower last received from its leader; null for a leader, and before the first message. */
  readonly lastHeartbeatMs: number | null;
  /** The other voters, as the leader sees them; empty unless this member leads. */
  readonly voters: readonly PeerStatus[];
  /** The learners, as the leader sees them; empty unless this member leads. */
  readonly learners: readonly LearnerStatus[];
  /** Milliseconds until this learner's read lease ends, unless it is renewed; null without a lease. */
  readonly readLeaseMs: number | null;
  /** 99th percentile of the duration of the last 1 000 writes with a sync, in milliseconds. */
  readonly syncP99Ms: number;
  /** Longest duration of such a write since this member started, in milliseconds. Should stay far below an election timeout. */
  readonly slowestSyncMs: number;
  /** Number of writes with a sync since this member started. */
  readonly syncs: number;
}

/** The state of another member, voter or learner, as its leader knows it. */
export interface PeerStatus {
  readonly id: number;
  /** Index up to which its log is known to agree. */
  readonly matchIndex: number;
  /** Number of entries by which it is behind the leader's log; null while its new leader doesn't know it. */
  readonly lag: number | null;
  /** Milliseconds since its last answer, or since this leader began. */
  readonly lastContactMs: number;
}

/** The state of a learner, as its leader knows it. */
export interface LearnerStatus extends PeerStatus {
  /** Milliseconds until the end of the read lease granted to it; null without one. */
  readonly readLeaseMs: number | null;
}

/** Returns the part of a status that only a leader knows. */
export function othersOf(
  { lastIndex, voters, learners }: Pick<CoreStatus, 'lastIndex' | 'voters' | 'learners'>,
  tickMs: number,
): Pick<ReplicaStatus, 'voters' | 'learners'> {
  const describe = ({ id, matchIndex, state, lastContactTicks }: VoterProgress | LearnerProgress): PeerStatus => ({
    id,
    matchIndex,
    lag: matchIndex === 0 && state === 'probe' ? null : lastIndex - matchIndex,
    lastContactMs: lastContactTicks * tickMs,
  });
  return {
    voters: voters.map(describe),
    learners: learners.map((learner) => ({ ...describe(learner), readLeaseMs: learner.leaseMs })),
  };
}

/**
 * Returns why a member does not serve, for people; null if it does.
 * @param leaderCommitIndex last known commit index of the leader
 */
export function whyNotReady(
  { role, term, leader, commitIndex, mayVote }: CoreStatus,
  storage: Pick<Storage, 'appliedIndex' | 'termAt'>,
  leaderCommitIndex: number,
): string | null {
  if (role === 'leader')
    return storage.termAt(commitIndex) === term ? null : 'it leads, but a majority has not confirmed that yet';
  const behind = Math.max(leaderCommitIndex, commitIndex) - storage.appliedIndex;
  const problems = [
    ...(mayVote || role === 'learner'
      ? []
      : ['it has forgotten what it promised, and does not vote until a leader has brought it up to date']),
    ...(leader === null ? ['it knows no leader'] : []),
    ...(behind > 0 ? [`it is ${behind} entries behind`] : []),
  ];
  return problems.length === 0 ? null : problems.join('; ');
}
