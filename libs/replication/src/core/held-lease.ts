import type { ReplicaState } from './replica-state.js';
import type { LeaseResponse } from './messages.js';

/** Number of questions per lease. More than one, so that one or two lost questions do not end it. */
const RENEWALS_PER_LEASE = 4;
/** Number of questions whose time of sending is kept. An answer to an older question is useless. */
const QUESTIONS_REMEMBERED = 64;

/** A read lease, from its learner's point of view. */
export interface ReadLease {
  /** Time of the grant, in milliseconds of this member's clock. The lease has been renewed without a gap since then. */
  readonly since: number;
  /** End of the lease, in milliseconds of this member's clock. */
  readonly until: number;
  /** Everything that took effect before the grant is at or below this index. */
  readonly index: number;
}

/**
 * The learner's side of its read lease (the leader's is granted-leases.ts), and of reads that ask the leader. One kind of
 * question serves both: its answer says how far the learner must have applied the log, and whether it holds a lease.
 */
export class HeldLease {
  private lease: ReadLease | null = null;
  private lastQuestion = 0;
  /** Time at which each unanswered question was sent. */
  private readonly sentAt = new Map<number, number>();
  private lastSentAt = -Infinity;
  private mustAsk = false;
  /** Reads that ask the leader. Each waits for the answer to a question that was sent after the read arrived. */
  private reads: { readonly id: number; readonly question: number }[] = [];

  constructor(private readonly state: ReplicaState) {}

  /** Returns the lease; null if it has ended. `now` must be a fresh reading of the clock: the process may have been frozen. */
  at(now: number): ReadLease | null {
    return this.lease !== null && now < this.lease.until ? this.lease : null;
  }

  tick(): void {
    const { now } = this.state;
    if (now - this.lastSentAt >= this.options.readLeaseMs / RENEWALS_PER_LEASE) this.mustAsk = true;
  }

  /** Handles a new leader, which learns of this learner only from a new question. */
  leaderFound(): void {
    this.mustAsk = true;
  }

  /** Fails the reads that wait for an answer of the lost leader. */
  leaderLost(): void {
    this.state.out.failedReads.push(...this.reads.map(({ id }) => id));
    this.reads = [];
  }

  /** Asks the leader for a read. False if no leader is known. */
  read(id: number): boolean {
    if (this.state.leader === null) return false;
    this.reads.push({ id, question: this.lastQuestion + 1 });
    this.mustAsk = true;
    return true;
  }

  get hasQuestion(): boolean {
    return this.mustAsk && this.state.leader !== null;
  }

  /** Sends one question for all reads that have gathered. */
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
    // An answer to an earlier incarnation would be matched with a question of this one.
    if (nonce !== this.state.amnesia.nonce || sentAt === undefined) return;
    for (const older of this.sentAt.keys()) if (older <= question) this.sentAt.delete(older);
    const confirmed = this.reads.filter((read) => read.question <= question);
    this.reads = this.reads.filter((read) => read.question > question);
    this.state.out.reads.push(...confirmed.map(({ id }) => ({ id, index })));
    // Count from the sending, not from now: the leader counts from the arrival in between, so this lease ends first.
    if (leaseMs > 0) this.grant(sentAt + leaseMs - this.options.clockDriftMarginMs, index);
  }

  /**
   * Extends the lease, or begins a new one. During a lease, every entry is received here before it takes effect. After a gap,
   * entries may have taken effect that were not received, so a new lease begins with the index that the leader names.
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
