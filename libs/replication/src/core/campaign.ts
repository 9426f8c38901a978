import type { Append, MemberId, SnapshotPage, VoteRequest } from './messages.js';
import type { ReplicaState } from './replica-state.js';
import type { Transitions } from './role.js';

/** The part of a request that does not depend on whether it is for a pre-vote or for a vote. */
type Question = Pick<VoteRequest, 'from' | 'to' | 'lastIndex' | 'lastTerm'>;

/**
 * The part that a pre-candidate and a candidate share (Raft paper 5.2): each asks every other voter one question, counts who
 * said yes, repeats the question to those that are silent, and gives up after an election timeout.
 */
export class Campaign {
  /** One answer for each voter, and not a counter: a response that the network repeats must count once. */
  private readonly answers = new Map<MemberId, boolean>();
  /** Ticks since the campaign began. */
  private ticks = 0;
  /** In ticks. Drawn for each campaign anew: two members with fixed timeouts that split a vote once would split it for ever. */
  private readonly timeout: number;

  constructor(
    private readonly state: ReplicaState,
    private readonly to: Transitions,
  ) {
    this.timeout = state.drawElectionTimeout();
  }

  /** @param askAgain called once in a heartbeat interval, because a question or its answer may have been lost */
  tick(askAgain: () => void): void {
    this.ticks += 1;
    // A candidate, too, goes back to a pre-vote. If it raised its term with each attempt, a member that is cut off would depose
    // a leader that all others follow as soon as it is back.
    if (this.ticks >= this.timeout) this.to.becomePreCandidate();
    else if (this.ticks % this.state.options.heartbeatTicks === 0) askAgain();
  }

  answered(voter: MemberId, granted: boolean): void {
    this.answers.set(voter, granted);
  }

  /** Drops what was answered so far, so that every voter is asked again. */
  forgetAnswers(): void {
    this.answers.clear();
  }

  /** Whether those that said yes are a majority together with this member itself. */
  get hasMajority(): boolean {
    const granted = [...this.answers.values()].filter(Boolean).length + 1;
    return granted >= this.state.quorum;
  }

  /** One for each voter that has not answered. To ask the others again could only lose what they have granted. */
  questions(): readonly Question[] {
    const { id, log, otherVoters } = this.state;
    const { lastIndex, lastTerm } = log;
    const silent = otherVoters.filter((voter) => !this.answers.has(voter));
    return silent.map((to) => ({ from: id, to, lastIndex, lastTerm }));
  }

  /** Somebody else leads this term already. The message is handled as if this member had been its follower all along. */
  follow(leader: Append | SnapshotPage): void {
    this.to.becomeFollower(leader.term, leader.from);
    this.to.stepAgain(leader);
  }
}
