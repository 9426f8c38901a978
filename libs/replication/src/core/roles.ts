import { Candidate } from './candidate.js';
import { Follower } from './follower.js';
import type { HeldLease } from './held-lease.js';
import { Leader } from './leader.js';
import { Learner } from './learner.js';
import { PreCandidate } from './pre-candidate.js';
import type { ReplicaState } from './replica-state.js';
import type { RoleBehaviour, Transitions } from './role.js';
import type { SnapshotReceiver } from './snapshot-receiver.js';

/**
 * The role that a member has now, and the ways to the next one. Each way makes a new object: timeouts, answers and progress of an
 * earlier role must not be carried into a later one.
 */
export class Roles {
  current: RoleBehaviour;
  readonly transitions: Transitions;

  constructor(
    private readonly state: ReplicaState,
    private readonly snapshots: SnapshotReceiver,
    private readonly lease: HeldLease,
  ) {
    this.transitions = this.createTransitions();
    this.current = this.createFollower();
  }

  private createTransitions(): Transitions {
    const { state } = this;
    return {
      becomeFollower: (term, leader) => {
        // Before the term changes: reads that it can't prove any more must fail, or they would wait for ever.
        if (this.current instanceof Leader) this.current.stop();
        state.enterTerm(term);
        state.leader = leader;
        this.current = this.createFollower();
      },
      becomePreCandidate: () => {
        // It asks because that leader is silent. Nobody may be sent there any more.
        state.leader = null;
        this.start(new PreCandidate(state, this.transitions));
      },
      becomeCandidate: (leadershipTransfer) => {
        this.start(new Candidate(state, this.transitions, leadershipTransfer));
      },
      becomeLeader: () => {
        this.start(new Leader(state, this.transitions));
      },
      stepAgain: (message) => {
        this.current.step(message);
      },
    };
  }

  /** A role begins only once it is in place: its first act may already lead to the next one. */
  private start(role: PreCandidate | Candidate | Leader): void {
    this.current = role;
    role.start();
  }

  private createFollower(): Follower | Learner {
    const { state, snapshots, lease } = this;
    if (state.receipts !== null) return new Learner(state, snapshots, state.receipts, lease);
    return new Follower(state, this.transitions, snapshots);
  }
}
