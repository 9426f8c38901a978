import type { Leader } from './leader.js';
import type { Member } from './member.js';
import type { MemberId } from './messages.js';
import type { ProgressState } from './progress.js';
import type { Role } from './ready.js';

export type Proposal =
  | { readonly ok: true; readonly firstIndex: number; readonly term: number }
  | {
      readonly ok: false;
      /** None of these was taken into the log. */
      readonly reason: 'notLeader' | 'overloaded' | 'transferring';
      readonly leader: MemberId | null;
    };

export interface PeerStatus {
  readonly id: MemberId;
  readonly matchIndex: number;
  readonly nextIndex: number;
  readonly state: ProgressState;
  readonly lastHeardTicks: number;
  /** False while it is without memory: then it gets entries but does not count. */
  readonly counts: boolean;
}

export interface CoreStatus {
  readonly id: MemberId;
  readonly role: Role;
  readonly term: number;
  readonly vote: MemberId | null;
  readonly leader: MemberId | null;
  readonly lastIndex: number;
  readonly durableIndex: number;
  readonly commitIndex: number;
  /** Last entry handed out to be applied. */
  readonly appliedIndex: number;
  readonly mayVote: boolean;
  /** Whom this leader is handing over to. */
  readonly transferTo: MemberId | null;
  /** Empty on all but the leader. */
  readonly peers: readonly PeerStatus[];
}

export function describe(member: Member, role: Role, leading: Leader | null): CoreStatus {
  const { id, term, vote, leader, log, memory } = member;
  return {
    id,
    role,
    term,
    vote,
    leader,
    lastIndex: log.lastIndex,
    durableIndex: log.durableIndex,
    commitIndex: log.commitIndex,
    appliedIndex: log.appliedIndex,
    mayVote: memory.mayVote,
    transferTo: leading?.transfer.target ?? null,
    peers: leading === null ? [] : [...leading.progress.values()].map(describePeer),
  };
}

function describePeer({ id, matchIndex, nextIndex, state, lastHeardTicks, counts }: PeerStatus): PeerStatus {
  return { id, matchIndex, nextIndex, state, lastHeardTicks, counts };
}
