import { Campaign } from './campaign.js';
import type { Message } from './messages.js';
import type { ReplicaState } from './replica-state.js';
import type { RoleBehaviour, Transitions } from './role.js';
import { answerPreVote, answerVote } from './voting.js';

/**
 * Asks for votes in a new term of its own (Raft paper 5.2). Ends as leader, as follower of another one, or, after a timeout, as
 * pre-candidate again.
 */
export class Candidate implements RoleBehaviour {
  readonly role = 'candidate';
  readonly hasLiveLeader = false;
  private readonly campaign: Campaign;
  /** Its vote for itself, and the term that it is for, would survive a crash. */
  private isOwnVoteDurable = false;

  constructor(
    private readonly state: ReplicaState,
    private readonly to: Transitions,
    /** The leader asked for this election, so a voter that follows it must not refuse because of that. */
    private readonly leadershipTransfer: boolean,
  ) {
    this.campaign = new Campaign(state, to);
  }

  start(): void {
    this.state.enterTerm(this.state.term + 1);
    this.state.voteFor(this.state.id);
    this.ask();
  }

  /** All that was handed out to be written is durable. */
  persisted(): void {
    // A write that was under way when this role began says nothing about the vote, which is still to be handed out.
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
        // A refusal is kept as well: its sender has voted for another one, and can't change that in this term.
        this.campaign.answered(message.from, message.granted);
        this.count();
        return;
      case 'preVoteRequest':
        answerPreVote(this.state, message, this.hasLiveLeader);
        return;
      case 'voteRequest':
        // Of this same term, so the answer is no: the vote is given. It is sent, so that the other one need not ask again.
        answerVote(this.state, message);
        return;
      case 'preVoteResponse':
      case 'appendResponse':
      case 'snapshotResponse':
      case 'leaseRequest':
      case 'leaseResponse':
      case 'timeoutNow':
        // For a role that this member had before this term.
        return;
      default:
        message satisfies never;
    }
  }

  private count(): void {
    // A crash before our own vote is durable would make us lead this term a second time. The requests leave after it, so any
    // answer comes later; a single voter has nobody to ask, and must wait for its disk itself.
    if (!this.isOwnVoteDurable) return;
    if (this.campaign.hasMajority) this.to.becomeLeader();
  }

  private ask(): void {
    const { term, out } = this.state;
    const { leadershipTransfer } = this;
    // After the sync: a request says that this member votes for itself. If it crashed and forgot that, it could give the same
    // vote to another candidate, and the term would have two leaders.
    for (const question of this.campaign.questions())
      out.afterPersist.push({ type: 'voteRequest', ...question, term, leadershipTransfer });
  }
}
