import { Campaign } from './campaign.js';
import type { Message } from './messages.js';
import type { ReplicaState } from './replica-state.js';
import type { RoleBehaviour, Transitions } from './role.js';
import { answerPreVote, answerVote } from './voting.js';

/**
 * Asks for votes in a new term (Raft paper 5.2). Becomes leader, or follower of another leader, or, after a timeout, a
 * pre-candidate again.
 */
export class Candidate implements RoleBehaviour {
  readonly role = 'candidate';
  readonly hasLiveLeader = false;
  private readonly campaign: Campaign;
  /** True once the new term and this member's vote for itself are durable. */
  private isOwnVoteDurable = false;

  constructor(
    private readonly state: ReplicaState,
    private readonly to: Transitions,
    /** True if the leader asked for this election. Its followers then must not refuse because they have a live leader. */
    private readonly leadershipTransfer: boolean,
  ) {
    this.campaign = new Campaign(state, to);
  }

  start(): void {
    this.state.enterTerm(this.state.term + 1);
    this.state.voteFor(this.state.id);
    this.ask();
  }

  /** Everything that was handed out to be written is durable. */
  persisted(): void {
    // A write that began before this role says nothing about the vote, which has not been handed out yet.
    if (this.state.hasHardState) return;
    this.isOwnVoteDurable = true;
    this.count();
  }

  tick(): void {
    this.campaign.tick(() => {
      this.ask();
    });
  }

  step(message: Message): void {
    switch (message.type) {
      case 'append':
      case 'snapshotPage':
        // Another candidate has won this term.
        this.campaign.follow(message);
        return;
      case 'voteResponse':
        // A refusal is kept as well: its sender has voted for another candidate, and can't change that in this term.
        this.campaign.answered(message.from, message.granted);
        this.count();
        return;
      case 'preVoteRequest':
        answerPreVote(this.state, message, this.hasLiveLeader);
        return;
      case 'voteRequest':
        // Of the same term, in which we have voted, so the answer is no. It is sent to keep the other candidate from asking again.
        answerVote(this.state, message);
        return;
      case 'preVoteResponse':
      case 'appendResponse':
      case 'snapshotResponse':
      case 'leaseRequest':
      case 'leaseResponse':
      case 'timeoutNow':
        // Addressed to a role that this member had before this term.
        return;
      default:
        message satisfies never;
    }
  }

  private count(): void {
    // After a crash before our own vote is durable, we could lead this term a second time. Requests leave only once it is durable,
    // so answers come later; but a single voter asks nobody, and must wait for its disk here.
    if (!this.isOwnVoteDurable) return;
    if (this.campaign.hasMajority) this.to.becomeLeader();
  }

  private ask(): void {
    const { term, out } = this.state;
    const { leadershipTransfer } = this;
    // After the sync: a request implies that this member votes for itself. If it crashed and forgot that, it could vote for
    // another candidate, and the term would have two leaders.
    for (const question of this.campaign.questions())
      out.afterPersist.push({ type: 'voteRequest', ...question, term, leadershipTransfer });
  }
}
