import type { ReplicaState } from './replica-state.js';
import type { LeaseResponse } from './messages.js';

/** Questions in the time of one lease. More than one, so that a lost question or two do not end it. */
const RENEWALS_PER_LEASE = 4;
/** Number of questions whose time of sending is kept. An answer to an older one is of no use. */
const QUESTIONS_REMEMBERED = 64;

/** A read lease as its learner knows it. */
export interface ReadLease {
  /** When it was granted, in milliseconds of this member's clock. It has been renewed without a gap since then. */
  readonly since: number;
  /** When it ends, in milliseconds of this member's clock. */
  readonly until: number;
  /** All that took effect before it was granted lies at or below this index. */
  readonly index: number;
}

/**
 * A learner's side of its read lease (the leader's is granted-leases.ts), and of reads that ask the leader. One kind of question
 * serves both: its answer says how far the learner must have got, and whether it holds a lease.
 */
export class HeldLease {
  private lease: ReadLease | null = null;
  private lastQuestion = 0;
  /** When each question was sent, for those without an answer. */
  private readonly sentAt = new Map<number, number>();
  private lastSentAt = -Infinity;
  private mustAsk = false;
  /** Reads that ask the leader. Each waits for the answer to a question that is sent after it came. */
  private reads: { readonly id: number; readonly question: number }[] = [];

  constructor(private readonly state: ReplicaState) {}

  /** Null when it has ended. `now` must be a fresh reading of the clock: the process may have been frozen until a moment ago. */
  at(now: number): ReadLease | null {
    return this.lease !== null && now < this.lease.until ? this.lease : null;
  }

  tick(): void {
    const { now } = this.state;
    if (now - this.lastSentAt >= this.options.readLeaseMs / RENEWALS_PER_LEASE) this.mustAsk = true;
  }

  /** A leader was found, the first or another one. It knows of this learner's lease only from a new question. */
  leaderFound(): void {
    this.mustAsk = true;
  }

  /** Reads that wait for an answer get none. */
  leaderLost(): void {
    this.state.out.failedReads.push(...this.reads.map(({ id }) => id));
    this.reads = [];
  }

  /** Asks the leader for a read. False when no leader is known. */
  read(id: number): boolean {
    if (this.state.leader === null) return false;
    this.reads.push({ id, question: this.lastQuestion + 1 });
    this.mustAsk = true;
    return true;
  }

  get hasQuestion(): boolean {
    return this.mustAsk && this.state.leader !== null;
  }

  /** Sends one question for all that have gathered. */
  flush(round: number): void {
    const { id, term, leader, amnesia, out, now } = this.state;
    if (!this.mustAsk || leader === null) return;
    this.mustAsk = false;
    this.lastQuestion += 1;
    this.lastSentAt = now;
    this.sentAt.set(this.lastQuestion, now);
    this.sentAt.delete(this.lastQuestion - QUESTIONS_REMEMBERED);
    const question = this.lastQuestion;
    out.now.push({ type: 'leaseRequest', from: id, to: leader, term, question, round, nonce: amnesia.nonce ?? 0 });
  }

  answered({ nonce, question, index, leaseMs }: LeaseResponse): void {
    const sentAt = this.sentAt.get(question);
    // An answer to an earlier incarnation would be counted from a question that this one has sent.
    if (nonce !== this.state.amnesia.nonce || sentAt === undefined) return;
    for (const older of this.sentAt.keys()) if (older <= question) this.sentAt.delete(older);
    const confirmed = this.reads.filter((read) => read.question <= question);
    this.reads = this.reads.filter((read) => read.question > question);
    this.state.out.reads.push(...confirmed.map(({ id }) => ({ id, index })));
    // From the sending, not from this moment: the leader counts from the arrival in between, so this lease ends first.
    if (leaseMs > 0) this.grant(sentAt + leaseMs - this.options.clockDriftMarginMs, index);
  }

  /**
   * Extends the lease, or begins a new one. While one lasts, everything that takes effect is received here first; after a gap,
   * something may have taken effect that was not, so the new lease begins with the index that the leader names.
   */
  private grant(until: number, index: number): void {
    const { now } = this.state;
    const current = this.at(now);
    if (current === null) this.lease = { since: now, until, index };
    else this.lease = { ...current, until: Math.max(current.until, until) };
  }

  private get options(): { readonly readLeaseMs: number; readonly clockDriftMarginMs: number } {
    return this.state.options.learners ?? { readLeaseMs: Infinity, clockDriftMarginMs: 0 };
  }
}
