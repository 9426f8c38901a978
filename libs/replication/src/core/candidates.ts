import type { ReplicaState } from './replica-state.js';
import type { MemberId, Message } from './messages.js';
import type { RoleBehaviour, Transitions } from './role.js';
import { answerPreVote, answerVote } from './voting.js';

/** Asks "would you vote for me?" until a majority says yes or a leader is heard. Has moved nothing yet. */
export class PreCandidate implements RoleBehaviour {
  readonly role = 'preCandidate';
  readonly hearsLeader = false;
  private readonly granted = new Set<MemberId>();
  /** Lets a higher id go first, until it asks again itself. */
  private yields = false;
  private hasYielded = false;
  private ticks = 0;
  private readonly timeout: number;

  constructor(
    private readonly state: ReplicaState,
    private readonly to: Transitions,
  ) {
    this.timeout = state.drawElectionTimeout();
  }

  start(): void {
    this.ask();
    this.count();
  }

  tick(): void {
    this.ticks += 1;
    if (this.ticks >= this.timeout) this.to.becomePreCandidate();
    else if (this.ticks % this.state.options.heartbeatTicks === 0) this.askAgain();
  }

  step(message: Message): void {
    switch (message.type) {
      case 'append':
      case 'snapshotPage':
        this.to.becomeFollower(message.term, message.from);
        this.to.stepAgain(message);
        return;
      case 'preVoteResponse':
        if (this.yields || !message.granted || message.term !== this.state.term + 1) return;
        this.granted.add(message.from);
        this.count();
        return;
      case 'preVoteRequest':
        if (answerPreVote(this.state, message, this.hearsLeader)) this.yieldTo(message.from);
        return;
      case 'voteRequest':
        if (answerVote(this.state, message)) this.to.becomeFollower(message.term, null);
        return;
      case 'voteResponse':
      case 'appendResponse':
      case 'snapshotResponse':
      case 'leaseRequest':
      case 'leaseResponse':
      case 'timeoutNow':
        return;
      default:
        message satisfies never;
    }
  }

  /**
   * Two that ask at the same moment would say yes to each other, vote for themselves, and both wait for another timeout. Only
   * once, because the other one may hear no answers and ask for ever.
   */
  private yieldTo(id: MemberId): void {
    if (id < this.state.id || this.hasYielded) return;
    this.hasYielded = true;
    this.yields = true;
    this.granted.clear();
  }

  private askAgain(): void {
    this.yields = false;
    this.ask();
  }

  private count(): void {
    if (this.granted.size + 1 >= this.state.quorum && this.state.mayCampaign) this.to.becomeCandidate(false);
  }

  private ask(): void {
    const { id, term, log, out, otherVoters } = this.state;
    for (const to of otherVoters) {
      if (this.granted.has(to)) continue;
      out.now.push({
        type: 'preVoteRequest',
        from: id,
        to,
        term: term + 1,
        lastIndex: log.lastIndex,
        lastTerm: log.lastTerm,
      });
    }
  }
}

/** Asks for votes in a new term of its own. Ends as leader, or as follower of another, or asks again. */
export class Candidate implements RoleBehaviour {
  readonly role = 'candidate';
  readonly hearsLeader = false;
  private readonly answers = new Map<MemberId, boolean>();
  private isOwnVoteDurable = false;
  private ticks = 0;
  private readonly timeout: number;

  constructor(
    private readonly state: ReplicaState,
    private readonly to: Transitions,
    private readonly leadershipTransfer: boolean,
  ) {
    this.timeout = state.drawElectionTimeout();
  }

  start(): void {
    this.state.enterTerm(this.state.term + 1);
    this.state.voteFor(this.state.id);
    this.ask();
  }

  /** All that was handed out to be written is durable. */
  persisted(): void {
    if (this.state.hasHardState) return;
    this.isOwnVoteDurable = true;
    this.count();
  }

  tick(): void {
    this.ticks += 1;
    // Back to a pre-vote: raising the term again and again would disturb a leader that others can hear.
    if (this.ticks >= this.timeout) this.to.becomePreCandidate();
    else if (this.ticks % this.state.options.heartbeatTicks === 0) this.ask();
  }

  step(message: Message): void {
    switch (message.type) {
      case 'append':
      case 'snapshotPage':
        this.to.becomeFollower(message.term, message.from);
        this.to.stepAgain(message);
        return;
      case 'voteResponse':
        this.answers.set(message.from, message.granted);
        this.count();
        return;
      case 'preVoteRequest':
        answerPreVote(this.state, message, this.hearsLeader);
        return;
      case 'voteRequest':
        answerVote(this.state, message);
        return;
      case 'preVoteResponse':
      case 'appendResponse':
      case 'snapshotResponse':
      case 'leaseRequest':
      case 'leaseResponse':
      case 'timeoutNow':
        return;
      default:
        message satisfies never;
    }
  }

  private count(): void {
    // A crash before our own vote is durable would make us lead this term a second time. The requests leave after it, so any
    // answer comes later; a single voter has nobody to ask, and must wait for its disk itself.
    if (!this.isOwnVoteDurable) return;
    const granted = [...this.answers.values()].filter(Boolean).length + 1;
    if (granted >= this.state.quorum) this.to.becomeLeader();
  }

  private ask(): void {
    const { id, term, log, out, otherVoters } = this.state;
    for (const to of otherVoters) {
      if (this.answers.has(to)) continue;
      out.afterPersist.push({
        type: 'voteRequest',
        from: id,
        to,
        term,
        lastIndex: log.lastIndex,
        lastTerm: log.lastTerm,
        leadershipTransfer: this.leadershipTransfer,
      });
    }
  }
}
