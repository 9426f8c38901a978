import type { MemberId, Message } from './messages.js';
import type { Role } from './ready.js';

/** The behaviour of a member in one role. Each role handles each message of its own term explicitly. */
export interface RoleBehaviour {
  readonly role: Role;
  /** One tick has passed. */
  tick(): void;
  /** A message of the member's own term, or a pre-vote of any term. */
  step(message: Message): void;
  /** Whether this member knows a live leader. Then nobody else gets its vote. */
  readonly hasLiveLeader: boolean;
}

/** The ways from one role to another. A role calls one of them last: afterwards it is no longer the role of this member. */
export interface Transitions {
  /** `leader` is null while the leader of the term is not known. A learner stays one. */
  becomeFollower(term: number, leader: MemberId | null): void;
  becomePreCandidate(): void;
  /** `leadershipTransfer`: the leader asked for it, so nobody should refuse because that leader is alive. */
  becomeCandidate(leadershipTransfer: boolean): void;
  becomeLeader(): void;
  /** Hands a message to the role that the member has now. */
  stepAgain(message: Message): void;
}
