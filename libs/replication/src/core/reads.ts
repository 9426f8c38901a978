import type { ReplicaState } from './replica-state.js';
import type { Propagation } from './propagation.js';

/** A read that waits for proof that this member led at some time after the read arrived. */
export interface Reader {
  /** It led, and everything that was acknowledged before the read is at or below `index`. */
  confirmed(index: number): void;
  /** It may not have led. The reader must ask the present leader. */
  failed(): void;
}

/** Readers that wait for the same heartbeat round. */
interface Batch {
  /** A round that began after these reads arrived, so an answer to it proves that nobody else led in between. */
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
  /** Readers that arrived during a round, which began too early to prove anything to them. */
  private gathered: Reader[] = [];
  /** Readers that wait for a round that has begun, oldest first. */
  private batches: Batch[] = [];

  constructor(
    private readonly state: ReplicaState,
    private readonly propagation: Propagation,
  ) {}

  /** Adds a reader. One round is in progress at a time; readers that arrive meanwhile share the next one. */
  add(reader: Reader): void {
    this.gathered.push(reader);
    if (this.batches.length === 0) this.begin();
  }

  /** A round has begun: all gathered readers wait for it. A regular heartbeat serves as well as a round begun for reads. */
  roundBegan(): void {
    if (this.gathered.length === 0 || !this.knowsCommitIndex()) return;
    this.batches.push({ round: this.propagation.round, index: this.state.log.commitIndex, readers: this.gathered });
    this.gathered = [];
  }

  /** Confirms the readers up to `round`, the newest round that a majority has answered. */
  advance(round: number): void {
    const confirmed = this.batches.filter((batch) => batch.round <= round);
    this.batches = this.batches.filter((batch) => batch.round > round);
    for (const { readers, index } of confirmed) for (const reader of readers) reader.confirmed(index);
    if (this.batches.length === 0) this.begin();
  }

  /** Fails all readers: leadership has ended, so no round can prove it any more. */
  fail(): void {
    for (const reader of [...this.batches.flatMap((batch) => batch.readers), ...this.gathered]) reader.failed();
    this.batches = [];
    this.gathered = [];
  }

  private begin(): void {
    if (this.gathered.length === 0 || !this.knowsCommitIndex()) return;
    this.propagation.heartbeat();
    this.roundBegan();
    // A single voter is its own majority, and gets no answers.
    if (this.state.quorum === 1) this.advance(this.propagation.round);
  }

  /** A new leader's commit index may lag behind its predecessor's acknowledgements until an entry of its own term commits. */
  private knowsCommitIndex(): boolean {
    return this.state.log.matches(this.state.log.commitIndex, this.state.term);
  }
}
