import { Amnesia } from './amnesia.js';
import { checkOptions, type CoreOptions } from './core-options.js';
import { invariant } from './invariant.js';
import type { LogReader } from './log-reader.js';
import { Log } from './log.js';
import type { MemberId } from './messages.js';
import { Outbox } from './outbox.js';
import type { TransferHistory } from './transfer-history.js';
import type { HardState } from './ready.js';
import { Receipts } from './receipts.js';
import { majorityOf } from './majority.js';

/**
 * The state that the roles share and that outlives each of them: term and vote, log, amnesia, and pending effects. State that
 * only one role needs ends with it, so that nothing from an earlier leadership can be mistaken for knowledge of this one.
 */
export class ReplicaState {
  readonly id: MemberId;
  /** Ids of the other voters; at a learner, all voters. */
  readonly otherVoters: readonly MemberId[];
  /** Ids of the members that this one exchanges messages with: the other voters and the learners; at a learner, the voters. */
  readonly peers: readonly MemberId[];
  /** Whether it receives the log but does not vote (see learner.ts). */
  readonly isLearner: boolean;
  /** Number of voters that make a majority, this one included. */
  readonly quorum: number;
  readonly log: Log;
  readonly out = new Outbox();
  readonly amnesia: Amnesia;
  /** Tracks the entries that a learner has received and released; null for a voter. */
  readonly receipts: Receipts | null;
  readonly transferHistory: TransferHistory = { failed: 0, lastAt: null };
  /** The leader of the term, perhaps this member; null while none is known. */
  leader: MemberId | null = null;
  /** Ticks since this member started. */
  ticks = 0;
  /** The newest reading of its clock, in milliseconds. An old reading only makes leases shorter. */
  now = 0;
  /** True while the last page of a snapshot is being written: the log is about to be replaced. */
  installing = false;

  private hard: HardState;
  /** True if the hard state has changed and was not handed out to be written. */
  private hardStateChanged = false;

  constructor(
    readonly options: CoreOptions,
    reader: LogReader,
    hardState: HardState,
    appliedIndex: number,
    readonly random: () => number,
  ) {
    checkOptions(options);
    this.id = options.id;
    const learners = options.learners?.ids ?? [];
    this.isLearner = learners.includes(options.id);
    this.otherVoters = options.voters.filter((voter) => voter !== options.id);
    this.peers = this.isLearner ? this.otherVoters : [...this.otherVoters, ...learners];
    this.quorum = majorityOf(options.voters.length);
    this.log = new Log(reader, appliedIndex);
    this.receipts = this.isLearner ? new Receipts(this.log) : null;
    this.hard = { term: hardState.term, vote: hardState.vote };
    this.amnesia = new Amnesia(!this.isLearner && (options.mayVote ?? true), random);
    invariant(this.log.lastTerm <= hardState.term, 'the log is not ahead of the term', () => ({
      lastTerm: this.log.lastTerm,
      term: hardState.term,
    }));
  }

  get term(): number {
    return this.hard.term;
  }

  /** Whether, according to its disk, it has never voted or followed a leader. */
  get isNew(): boolean {
    return this.term === 0;
  }

  get vote(): MemberId | null {
    return this.hard.vote;
  }

  /** Enters a new term, without a vote and without a leader. Nothing else changes the term. */
  enterTerm(term: number): void {
    if (term === this.term) return;
    invariant(term > this.term, 'terms only rise', () => ({ term: this.term, next: term }));
    this.hard = { term, vote: null };
    this.hardStateChanged = true;
    this.leader = null;
  }

  /** Votes in this term. A second vote could make a second leader, so it stops the process (Raft paper 5.2). */
  voteFor(candidate: MemberId): void {
    if (this.vote === candidate) return;
    invariant(this.vote === null, 'one vote in each term', () => ({ term: this.term, vote: this.vote, candidate }));
    this.hard = { term: this.term, vote: candidate };
    this.hardStateChanged = true;
  }

  /**
   * Whether this member may ask for votes. It must not while its log is being replaced, because it would win with the old one,
   * nor with amnesia, because it could lead a term that it has led before.
   */
  get mayCampaign(): boolean {
    return this.amnesia.mayVote && !this.installing;
  }

  /** Draws a random timeout, so that two members seldom ask for votes at the same time (Raft paper 5.2). */
  drawElectionTimeout(): number {
    const { electionTicks } = this.options;
    return electionTicks + Math.floor(this.random() * electionTicks);
  }

  get hasHardState(): boolean {
    return this.hardStateChanged;
  }

  /** Hands out a change once, to be written; null for no change. */
  takeHardState(): HardState | null {
    if (!this.hardStateChanged) return null;
    this.hardStateChanged = false;
    return this.hard;
  }
}
