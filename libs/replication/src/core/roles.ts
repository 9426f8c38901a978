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
 * Holds the present role of a member and switches to the next one. Each switch creates a new object, so that no timeouts, answers
 * or progress of an earlier role are carried into a later one.
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
        // Before the term changes: reads that it can no longer prove must fail, or they would wait for ever.
        if (this.current instanceof Leader) this.current.stop();
        state.enterTerm(term);
        state.leader = leader;
        this.current = this.createFollower();
      },
      becomePreCandidate: () => {
        // It asks because that leader is silent, so callers must not be sent there any more.
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

  /** Starts a role after it is in place, because its start may already switch to the next role. */
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
