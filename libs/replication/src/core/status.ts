import { Leader } from './leader.js';
import type { ReplicaState } from './replica-state.js';
import type { MemberId } from './messages.js';
import type { ProgressState } from './progress.js';
import type { Role } from './ready.js';
import type { RoleBehaviour } from './role.js';

/** The result of proposing commands together. */
export type Proposal =
  /** They are in the log from `firstIndex` on, in this order. Their outcome is known once they, or other entries, are applied there. */
  | { readonly ok: true; readonly firstIndex: number; readonly term: number }
  | {
      readonly ok: false;
      /** Why none of them was accepted. They will certainly not be executed. */
      readonly reason: 'notLeader' | 'overloaded' | 'transferringLeadership';
      /** The member to ask instead; null while no leader is known. */
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
  /** False while it has amnesia: it then receives entries but does not count. */
  readonly counts: boolean;
}

/** A learner, as its leader sees it; `matchIndex` is what it has acknowledged. */
export interface LearnerProgress extends Omit<VoterProgress, 'counts'> {
  /** Milliseconds until the end of the read lease granted to it; null without one. */
  readonly leaseMs: number | null;
}

/** The state of one member, as the member itself knows it. */
export interface MemberStatus {
  readonly id: MemberId;
  readonly role: Role;
  readonly term: number;
  /** The candidate that it has voted for in `term`; null for none. */
  readonly vote: MemberId | null;
  /** The leader of `term`, perhaps itself; null while unknown. */
  readonly leader: MemberId | null;
  /** Index of the last entry of its log, durable or not; 0 for an empty log. */
  readonly lastIndex: number;
  readonly durableIndex: number;
  readonly commitIndex: number;
  /** Index up to which entries are committed, and acknowledged by all learners with a read lease; without learners, `commitIndex`. */
  readonly settledIndex: number;
  /** Index of the last entry handed out to be applied. */
  readonly appliedIndex: number;
  /** False with amnesia, and at a learner. */
  readonly mayVote: boolean;
  /** The voter that this leader transfers leadership to; null when it does not. */
  readonly transferTo: MemberId | null;
}

/** The status of one member, and at a leader the progress of the others. */
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
