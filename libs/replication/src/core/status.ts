import { Leader } from './leader.js';
import type { ReplicaState } from './replica-state.js';
import type { MemberId } from './messages.js';
import type { ProgressState } from './progress.js';
import type { Role } from './ready.js';
import type { RoleBehaviour } from './role.js';

export type Proposal =
  | { readonly ok: true; readonly firstIndex: number; readonly term: number }
  | {
      readonly ok: false;
      /** None of these was taken into the log. */
      readonly reason: 'notLeader' | 'overloaded' | 'transferringLeadership';
      readonly leader: MemberId | null;
    };

export interface VoterProgress {
  readonly id: MemberId;
  readonly matchIndex: number;
  readonly nextIndex: number;
  readonly state: ProgressState;
  readonly lastHeardTicks: number;
  /** False while it is without memory: then it gets entries but does not count. */
  readonly counts: boolean;
}

export interface LearnerProgress extends Omit<VoterProgress, 'counts'> {
  /** Milliseconds that the read lease granted to it lasts yet; null without one. */
  readonly leaseMs: number | null;
}

/** What a member knows of itself. */
export interface MemberStatus {
  readonly id: MemberId;
  readonly role: Role;
  readonly term: number;
  readonly vote: MemberId | null;
  readonly leader: MemberId | null;
  readonly lastIndex: number;
  readonly durableIndex: number;
  readonly commitIndex: number;
  /** Committed, and acknowledged by all learners that hold a read lease; the same as `commitIndex` without learners. */
  readonly settledIndex: number;
  /** Last entry handed out to be applied. */
  readonly appliedIndex: number;
  readonly mayVote: boolean;
  /** Whom this leader is handing over to. */
  readonly transferTo: MemberId | null;
}

export interface CoreStatus extends MemberStatus {
  /** The other voters. Empty on all but the leader. */
  readonly voters: readonly VoterProgress[];
  /** Empty on all but the leader. */
  readonly learners: readonly LearnerProgress[];
}

export function describe(state: ReplicaState, current: RoleBehaviour): CoreStatus {
  return { ...describeMember(state, current), ...describeOthers(current) };
}

export function describeMember(
  { id, term, vote, leader, log, amnesia }: ReplicaState,
  current: RoleBehaviour,
): MemberStatus {
  return {
    id,
    role: current.role,
    term,
    vote,
    leader,
    lastIndex: log.lastIndex,
    durableIndex: log.durableIndex,
    commitIndex: log.commitIndex,
    settledIndex: log.settledIndex,
    appliedIndex: log.appliedIndex,
    mayVote: amnesia.mayVote,
    transferTo: current instanceof Leader ? current.transfer.target : null,
  };
}

function describeOthers(current: RoleBehaviour): Pick<CoreStatus, 'voters' | 'learners'> {
  if (!(current instanceof Leader)) return { voters: [], learners: [] };
  const { progress, leases } = current;
  const others = [...progress.values()];
  return {
    voters: others.filter((peer) => !peer.isLearner).map(describeVoter),
    learners: others
      .filter((peer) => peer.isLearner)
      .map((peer) => ({ ...describeLearner(peer), leaseMs: leases.remainingMs(peer.id) })),
  };
}

function describeVoter({ id, matchIndex, nextIndex, state, lastHeardTicks, counts }: VoterProgress): VoterProgress {
  return { id, matchIndex, nextIndex, state, lastHeardTicks, counts };
}

function describeLearner({
  id,
  matchIndex,
  nextIndex,
  state,
  lastHeardTicks,
}: VoterProgress): Omit<VoterProgress, 'counts'> {
  return { id, matchIndex, nextIndex, state, lastHeardTicks };
}
