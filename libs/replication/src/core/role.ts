import type { MemberId, Message } from './messages.js';
import type { Role } from './ready.js';

/** The behaviour of a member in one role. Each role handles every message of its own term explicitly. */
export interface RoleBehaviour {
  readonly role: Role;
  /** Called once per tick. */
  tick(): void;
  /** Handles a message of the member's own term, or a pre-vote of any term. */
  step(message: Message): void;
  /** Whether this member knows a live leader. Then it refuses to vote for anybody else. */
  readonly hasLiveLeader: boolean;
}

/** Transitions between roles. A role calls one as its last action: afterwards it is no longer this member's role. */
export interface Transitions {
  /** `leader` is null while the leader of the term is unknown. A learner stays a learner. */
  becomeFollower(term: number, leader: MemberId | null): void;
  becomePreCandidate(): void;
  /** `leadershipTransfer`: the leader asked for it, so nobody should refuse because that leader is alive. */
  becomeCandidate(leadershipTransfer: boolean): void;
  becomeLeader(): void;
  /** Hands a message to the role that the member has now. */
  stepAgain(message: Message): void;
}
