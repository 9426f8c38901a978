import { invariant } from './invariant.js';
import type { LogReader } from './log-reader.js';
import type { Entry } from './messages.js';
import { Tail } from './tail.js';

/**
 * The log as the protocol sees it: what is stored, followed by a tail that is not durable yet.
 *
 *     firstIndex ... appliedIndex <= settledIndex <= commitIndex ... lastIndex
 *     |---- reader, durable ----|------ tail ------|
 *
 * *Settled* means committed, and received by every learner that may answer reads by itself. What is not settled is shown
 * to nobody. Without learners it is the same as committed.
 *
 * Invariants, checked below:
 * - nothing at or below the commit index is ever cut or overwritten;
 * - indexes follow each other without gaps and terms never fall;
 * - an entry is handed out to be applied only when it is settled and durable here.
 */
export class Log {
  /** Every entry from its first one on is here; the reader may show older versions of them. */
  private tail: Tail;
  /** Entries from here on were not yet handed out to be written. */
  private writeFrom: number;
  /** Last entry of the write under way that is still ours; 0 when none is. */
  private writingTo = 0;

  private durable: number;
  private committed: number;
  private settled: number;
  private applied: number;

  /** @param appliedIndex of the state machine: that much was settled before the start, and more can't be known yet */
  constructor(
    private readonly reader: LogReader,
    appliedIndex: number,
  ) {
    const { firstIndex, lastIndex } = reader;
    // A state machine ahead of its log has effects that no other member can know of; one behind its edge can't catch up.
    invariant(appliedIndex <= lastIndex && appliedIndex >= firstIndex - 1, 'what was applied is in the log', () => ({
      appliedIndex,
      firstIndex,
      lastIndex,
    }));
    this.durable = lastIndex;
    this.tail = new Tail(lastIndex + 1);
    this.writeFrom = lastIndex + 1;
    // Commit indexes are not stored. The next leader says how much more is committed.
    this.committed = appliedIndex;
    this.settled = appliedIndex;
    this.applied = appliedIndex;
  }

  get firstIndex(): number {
    return this.reader.firstIndex;
  }

  get lastIndex(): number {
    return this.tail.lastIndex;
  }

  get lastTerm(): number {
    return this.knownTermAt(this.lastIndex);
  }

  get durableIndex(): number {
    return this.durable;
  }

  get commitIndex(): number {
    return this.committed;
  }

  get settledIndex(): number {
    return this.settled;
  }

  /** Last entry handed out to be applied. */
  get appliedIndex(): number {
    return this.applied;
  }

  /** Undefined beyond the end, and below the oldest entry kept. */
  termAt(index: number): number | undefined {
    return index >= this.tail.firstIndex ? this.tail.termAt(index) : this.reader.termAt(index);
  }

  /**
   * Whether the entry at this position has this term. If it does, the two logs agree up to here (log matching, Raft paper 5.3):
   * one leader wrote both entries, and each was taken only where the one before agreed.
   */
  matches(index: number, term: number): boolean {
    return this.termAt(index) === term;
  }

  /** The election restriction (Raft paper 5.4.1): is a log that ends like this at least as complete as ours? */
  isCoveredBy(lastIndex: number, lastTerm: number): boolean {
    return lastTerm > this.lastTerm || (lastTerm === this.lastTerm && lastIndex >= this.lastIndex);
  }

  /**
   * Last position at or below `to` (and not below `floor`) whose term is at most `term`: where two logs may still
   * agree. Terms never fall along a log, so this is a binary search.
   */
  lastIndexUpToTerm(term: number, floor: number, to: number): number {
    let low = floor;
    let high = Math.min(to, this.lastIndex);
    while (low < high) {
      // Rounded up, or two neighbours would be compared for ever.
      const middle = Math.ceil((low + high) / 2);
      if (this.knownTermAt(middle) <= term) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** From `from` on, cut at `maxEntries` and at `maxBytes` of data, but never empty when `from` exists. */
  entries(from: number, maxEntries: number, maxBytes: number): readonly Entry[] {
    const to = Math.min(this.lastIndex, from + maxEntries - 1);
    if (from > to) return [];
    // A batch comes from one side only: the caller asks again for the rest, and most batches don't cross the border.
    if (from < this.tail.firstIndex) return this.reader.entries(from, Math.min(to, this.tail.firstIndex - 1), maxBytes);
    return this.tail.range(from, to, maxBytes);
  }

  append(entry: Entry): void {
    invariant(entry.index === this.lastIndex + 1, 'the log has no gaps', () => ({
      entry: entry.index,
      last: this.lastIndex,
    }));
    // The election restriction and the search above rely on it.
    invariant(entry.term >= this.lastTerm, 'terms never fall along the log', () => ({
      entry: entry.term,
      last: this.lastTerm,
    }));
    this.tail.append(entry);
  }

  /**
   * Takes a leader's entries after a position known to match: skips what is here already, cuts what conflicts.
   * Returns those that were not here.
   */
  take(entries: readonly Entry[]): readonly Entry[] {
    // Never cut what agrees: a late append must not shorten a log that a newer one has made longer.
    const start = entries.findIndex(({ index, term }) => !this.matches(index, term));
    const news = start < 0 ? [] : entries.slice(start);
    const first = news[0]?.index ?? Infinity;
    if (first <= this.lastIndex) this.cutFrom(first);
    for (const entry of news) this.append(entry);
    return news;
  }

  private cutFrom(index: number): void {
    invariant(index > this.committed, 'committed entries are never cut', () => ({
      cut: index,
      commit: this.committed,
    }));
    this.tail.cutFrom(index);
    // The storage still shows the entries that were cut. Nobody may count them as ours until others have taken their place.
    this.durable = Math.min(this.durable, index - 1);
    this.writeFrom = Math.min(this.writeFrom, index);
    // Of the write under way only what comes before the cut is still ours when it returns.
    this.writingTo = Math.min(this.writingTo, index - 1);
  }

  hasUnwritten(): boolean {
    return this.writeFrom <= this.lastIndex;
  }

  /** Everything that is to be written next; `writeReturned` reports that it is durable. */
  startWrite(): readonly Entry[] {
    const entries = this.tail.from(this.writeFrom);
    this.writeFrom = this.lastIndex + 1;
    this.writingTo = this.lastIndex;
    return entries;
  }

  writeReturned(): void {
    // Nothing of it may be ours any more: then the tail stays as it is, and the next write has what took its place.
    if (this.writingTo > this.durable) {
      this.durable = this.writingTo;
      this.tail.durableUpTo(this.durable);
    }
    this.writingTo = 0;
  }

  commitTo(index: number): void {
    // News of a lower index is old news: appends and answers are reordered on the way.
    if (index <= this.committed) return;
    invariant(index <= this.lastIndex, 'only what is in the log commits', () => ({
      commit: index,
      last: this.lastIndex,
    }));
    this.committed = index;
  }

  /** An entry that a leader has settled is committed, too. */
  settleTo(index: number): void {
    this.commitTo(index);
    this.settled = Math.max(this.settled, index);
  }

  hasUnapplied(): boolean {
    return this.applied < Math.min(this.settled, this.durable);
  }

  /** Settled entries that are durable here, each once. */
  takeUnapplied(maxEntries: number, maxBytes: number): readonly Entry[] {
    // Not before it is durable: after a crash the state machine would be ahead of its own log.
    const upTo = Math.min(this.settled, this.durable);
    if (this.applied >= upTo) return [];
    const entries = this.entries(this.applied + 1, Math.min(maxEntries, upTo - this.applied), maxBytes);
    const first = entries[0]?.index;
    invariant(first === this.applied + 1, 'entries are applied without gaps', () => ({ first, applied: this.applied }));
    this.applied += entries.length;
    return entries;
  }

  /** A snapshot took the place of the whole log, durably. */
  replacedBySnapshot(lastIndex: number): void {
    // Backwards, it would undo commands that were acknowledged.
    invariant(lastIndex > this.committed, 'a snapshot moves the log forward', () => ({
      lastIndex,
      commit: this.committed,
    }));
    this.tail = new Tail(lastIndex + 1);
    this.writeFrom = lastIndex + 1;
    this.writingTo = 0;
    this.durable = lastIndex;
    this.committed = lastIndex;
    this.settled = lastIndex;
    this.applied = lastIndex;
  }

  private knownTermAt(index: number): number {
    const term = this.termAt(index);
    invariant(term !== undefined, 'the term of a kept entry is known', () => ({
      index,
      first: this.firstIndex,
      last: this.lastIndex,
    }));
    return term;
  }
}
