import type { ReplicaState } from './replica-state.js';
import type { Propagation } from './propagation.js';

/** A read that waits for proof that this member led at some time after the read came. */
export interface Reader {
  /** It did, and all that was acknowledged before the read lies at or below `index`. */
  confirmed(index: number): void;
  /** It may not have. The reader must ask whoever leads now. */
  failed(): void;
}

/** The readers that wait for one heartbeat round. */
interface Batch {
  /** Began after each of these reads arrived, so an answer to it proves that nobody else led in between. */
  readonly round: number;
  /** The commit index when the round began. */
  readonly index: number;
  readonly readers: readonly Reader[];
}

/**
 * Linearizable reads without writing to the log (ReadIndex, Raft thesis 6.4): a read may be answered from our own
 * state once a majority has confirmed, in a round that began after the read arrived, that we still lead.
 */
export class Reads {
  /** Came while a round was under way, which began too early to prove anything to them. */
  private gathered: Reader[] = [];
  /** Wait for a round that has begun, the oldest first. */
  private batches: Batch[] = [];

  constructor(
    private readonly state: ReplicaState,
    private readonly propagation: Propagation,
  ) {}

  /** One round at a time for all: what arrives while one is on its way goes with the next one. */
  add(reader: Reader): void {
    this.gathered.push(reader);
    if (this.batches.length === 0) this.begin();
  }

  /** A round has begun: all that has gathered waits for it. A regular heartbeat serves as well as one of our own. */
  roundBegan(): void {
    if (this.gathered.length === 0 || !this.knowsCommitIndex()) return;
    this.batches.push({ round: this.propagation.round, index: this.state.log.commitIndex, readers: this.gathered });
    this.gathered = [];
  }

  /** `round`: the newest one that a majority has answered. */
  advance(round: number): void {
    const confirmed = this.batches.filter((batch) => batch.round <= round);
    this.batches = this.batches.filter((batch) => batch.round > round);
    for (const { readers, index } of confirmed) for (const reader of readers) reader.confirmed(index);
    if (this.batches.length === 0) this.begin();
  }

  /** Leadership has ended, so no round can prove it any more. */
  fail(): void {
    for (const reader of [...this.batches.flatMap((batch) => batch.readers), ...this.gathered]) reader.failed();
    this.batches = [];
    this.gathered = [];
  }

  private begin(): void {
    if (this.gathered.length === 0 || !this.knowsCommitIndex()) return;
    this.propagation.heartbeat();
    this.roundBegan();
    // A single voter is its own majority, and nobody will answer.
    if (this.state.quorum === 1) this.advance(this.propagation.round);
  }

  /** A new leader's commit index may lag behind what its predecessor has acknowledged, until an entry of its own commits. */
  private knowsCommitIndex(): boolean {
    return this.state.log.matches(this.state.log.commitIndex, this.state.term);
  }
}
