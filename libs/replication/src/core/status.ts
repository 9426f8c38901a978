import { Leader } from './leader.js';
import type { ReplicaState } from './replica-state.js';
import type { MemberId } from './messages.js';
import type { ProgressState } from './progress.js';
import type { Role } from './ready.js';
import type { RoleBehaviour } from './role.js';

/** The fate of commands that were proposed together. */
export type Proposal =
  /** In the log from `firstIndex` on, in this order. Their outcome is known once another entry, or they, are applied there. */
  | { readonly ok: true; readonly firstIndex: number; readonly term: number }
  | {
      readonly ok: false;
      /** Why none of them was taken into the log: they will certainly not be executed. */
      readonly reason: 'notLeader' | 'overloaded' | 'transferringLeadership';
      /** Whom to ask instead; null while nobody is known to lead. */
      readonly leader: MemberId | null;
    };

/** Another voter, as its leader sees it. */
export interface VoterProgress {
  readonly id: MemberId;
  /** Index up to which its log is known to agree, durably. */
  readonly matchIndex: number;
  /** Index of the next entry to be sent to it. */
  readonly nextIndex: number;
  readonly state: ProgressState;
  /** Ticks since its last message, or since this leader began. */
  readonly lastContactTicks: number;
  /** False while it has amnesia: then it gets entries but does not count. */
  readonly counts: boolean;
}

/** A learner, as its leader sees it; `matchIndex` is what it has acknowledged. */
export interface LearnerProgress extends Omit<VoterProgress, 'counts'> {
  /** Milliseconds until the end of the read lease granted to it; null without one. */
  readonly leaseMs: number | null;
}

/** The state of one member, as it knows it itself. */
export interface MemberStatus {
  readonly id: MemberId;
  readonly role: Role;
  readonly term: number;
  /** Whom it has voted for in `term`; null for nobody. */
  readonly vote: MemberId | null;
  /** Who leads `term`, perhaps itself; null while none is known. */
  readonly leader: MemberId | null;
  /** Index of the last entry of its log, durable or not; 0 for an empty log. */
  readonly lastIndex: number;
  readonly durableIndex: number;
  readonly commitIndex: number;
  /** Committed, and acknowledged by all learners that hold a read lease; the same as `commitIndex` without learners. */
  readonly settledIndex: number;
  /** Last entry handed out to be applied. */
  readonly appliedIndex: number;
  /** False with amnesia, and at a learner. */
  readonly mayVote: boolean;
  /** The voter that this leader transfers leadership to; null when it does not. */
  readonly transferTo: MemberId | null;
}

/** The same, and what a leader knows of the others. */
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

function describeVoter({ id, matchIndex, nextIndex, state, lastContactTicks, counts }: VoterProgress): VoterProgress {
  return { id, matchIndex, nextIndex, state, lastContactTicks, counts };
}

function describeLearner({
  id,
  matchIndex,
  nextIndex,
  state,
  lastContactTicks,
}: VoterProgress): Omit<VoterProgress, 'counts'> {
  return { id, matchIndex, nextIndex, state, lastContactTicks };
}
