import type { CoreOptions } from './core-options.js';
import { checkOptions } from './core-options.js';
import { invariant } from './invariant.js';
import type { LogReader } from './log-reader.js';
import { Log } from './log.js';
import { Amnesia } from './amnesia.js';
import type { MemberId } from './messages.js';
import { Outbox } from './outbox.js';
import type { TransferHistory } from './preference.js';
import type { HardState } from './ready.js';
import { Receipts } from './receipts.js';

/** What this member is in every role: its term and vote, its log, its memory, and what it wants done. */
export class ReplicaState {
  readonly id: MemberId;
  /** The ids of the other voters: all of them at a learner. */
  readonly otherVoters: readonly MemberId[];
  /** The ids of the members that this one exchanges messages with: the other voters and the learners; at a learner, the voters. */
  readonly peers: readonly MemberId[];
  /** It has the log and no vote (see learner.ts). */
  readonly isLearner: boolean;
  /** How many voters make a majority. */
  readonly quorum: number;
  readonly log: Log;
  readonly out = new Outbox();
  readonly amnesia: Amnesia;
  /** What a learner has received and released; null for a voter. */
  readonly receipts: Receipts | null;
  readonly transferHistory: TransferHistory = { failed: 0, lastAt: null };
  leader: MemberId | null = null;
  /** Since this member was started. */
  ticks = 0;
  /** The newest reading of its clock, in milliseconds. What is older than the present here only makes leases shorter. */
  now = 0;
  /** True while the last page of a snapshot is on its way to the disk: the log is about to be replaced. */
  installing = false;

  private hard: HardState;
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
    this.quorum = Math.floor(options.voters.length / 2) + 1;
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

  /** It has never voted or heard a leader, as far as its disk tells. */
  get isNew(): boolean {
    return this.term === 0;
  }

  get vote(): MemberId | null {
    return this.hard.vote;
  }

  /** The only way to a new term; it starts without a vote. */
  enterTerm(term: number): void {
    if (term === this.term) return;
    invariant(term > this.term, 'terms only rise', () => ({ term: this.term, next: term }));
    this.hard = { term, vote: null };
    this.hardStateChanged = true;
    this.leader = null;
  }

  voteFor(candidate: MemberId): void {
    if (this.vote === candidate) return;
    invariant(this.vote === null, 'one vote in each term', () => ({ term: this.term, vote: this.vote, candidate }));
    this.hard = { term: this.term, vote: candidate };
    this.hardStateChanged = true;
  }

  /** May this member ask for votes? Not while its log is being replaced, and not without its memory. */
  get mayCampaign(): boolean {
    return this.amnesia.mayVote && !this.installing;
  }

  /** Random, so that two members seldom ask for votes at the same time (Raft paper 5.2). */
  drawElectionTimeout(): number {
    const { electionTicks } = this.options;
    return electionTicks + Math.floor(this.random() * electionTicks);
  }

  get hasHardState(): boolean {
    return this.hardStateChanged;
  }

  takeHardState(): HardState | null {
    if (!this.hardStateChanged) return null;
    this.hardStateChanged = false;
    return this.hard;
  }
}
