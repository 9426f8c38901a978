import type { Append, MemberId, SnapshotPage, VoteRequest } from './messages.js';
import type { ReplicaState } from './replica-state.js';
import type { Transitions } from './role.js';

/** The fields that a pre-vote request and a vote request share. */
type Question = Pick<VoteRequest, 'from' | 'to' | 'lastIndex' | 'lastTerm'>;

/**
 * The part that a pre-candidate and a candidate share (Raft paper 5.2): it asks every other voter one question, counts the
 * grants, repeats the question to silent voters, and gives up after an election timeout.
 */
export class Campaign {
  /** The answer of each voter. Not a counter, because a response that the network duplicates must count once. */
  private readonly answers = new Map<MemberId, boolean>();
  /** Ticks since the campaign began. */
  private ticks = 0;
  /** In ticks. Drawn anew for each campaign: two members with fixed timeouts that split a vote would split it for ever. */
  private readonly timeout: number;

  constructor(
    private readonly state: ReplicaState,
    private readonly to: Transitions,
  ) {
    this.timeout = state.drawElectionTimeout();
  }

  /** @param askAgain called once per heartbeat interval, because a question or its answer may have been lost */
  tick(askAgain: () => void): void {
    this.ticks += 1;
    // A candidate, too, goes back to a pre-vote. If each attempt raised its term, a partitioned member that comes back would
    // depose a leader that all others follow.
    if (this.ticks >= this.timeout) this.to.becomePreCandidate();
    else if (this.ticks % this.state.options.heartbeatTicks === 0) askAgain();
  }

  answered(voter: MemberId, granted: boolean): void {
    this.answers.set(voter, granted);
  }

  /** Drops all answers, so that every voter is asked again. */
  forgetAnswers(): void {
    this.answers.clear();
  }

  /** Whether the grants, with this member's own vote, are a majority. */
  get hasMajority(): boolean {
    const granted = [...this.answers.values()].filter(Boolean).length + 1;
    return granted >= this.state.quorum;
  }

  /** Returns one question for each voter that has not answered. Asking the others again could only lose their grants. */
  questions(): readonly Question[] {
    const { id, log, otherVoters } = this.state;
    const { lastIndex, lastTerm } = log;
    const silent = otherVoters.filter((voter) => !this.answers.has(voter));
    return silent.map((to) => ({ from: id, to, lastIndex, lastTerm }));
  }

  /** Follows the leader of this term, and handles its message as a follower. */
  follow(leader: Append | SnapshotPage): void {
    this.to.becomeFollower(leader.term, leader.from);
    this.to.stepAgain(leader);
  }
}
