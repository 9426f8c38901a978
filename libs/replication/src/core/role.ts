import type { MemberId, Message } from './messages.js';
import type { Role } from './ready.js';

/** What a member does depends on its role; each role handles each message of its own term explicitly. */
export interface RoleBehaviour {
  readonly role: Role;
  tick(): void;
  /** A message of the member's own term, or a pre-vote of any term. */
  step(message: Message): void;
  /** True while there is, to this member's knowledge, a leader alive: then nobody else gets its vote. */
  readonly hearsLeader: boolean;
}

/** The ways from one role to another. Each is called as the last thing that the old role does. */
export interface Transitions {
  becomeFollower(term: number, leader: MemberId | null): void;
  becomePreCandidate(): void;
  /** `leadershipTransfer`: the leader asked for it, so nobody should refuse because that leader is alive. */
  becomeCandidate(leadershipTransfer: boolean): void;
  becomeLeader(): void;
  /** Hands a message to the role that the member has now. */
  stepAgain(message: Message): void;
}
