import { invariant } from './invariant.js';
import type { LogReader } from './log-reader.js';
import type { Entry } from './messages.js';
import { Tail } from './tail.js';

/**
 * The log as the protocol sees it: the stored entries, followed by a tail that is not durable yet.
 *
 *     firstIndex ... appliedIndex <= settledIndex <= commitIndex ... lastIndex
 *     |---- reader, durable ----|------ tail ------|
 *
 * *Settled* means committed, and acknowledged by every learner that may answer reads by itself. An entry that is not settled
 * is not visible anywhere. Without learners, settled is the same as committed.
 *
 * Invariants, checked below:
 * - no entry at or below the commit index is ever cut or overwritten;
 * - indexes have no gaps, and terms never fall;
 * - an entry is handed out to be applied only when it is settled and durable here.
 */
export class Log {
  /** Holds every entry from its first index on; the reader may show older versions of them. */
  private tail: Tail;
  /** Index of the first entry that was not handed out to be written. */
  private writeFrom: number;
  /** Last entry of the write in progress that is still ours; 0 if none is. */
  private writingTo = 0;

  private durable: number;
  private committed: number;
  private settled: number;
  private applied: number;

  /** @param appliedIndex applied index of the state machine: that much is settled, and more can't be known yet */
  constructor(
    private readonly reader: LogReader,
    appliedIndex: number,
  ) {
    const { firstIndex, lastIndex } = reader;
    // A state machine ahead of its log has effects that no other member knows; one behind the log's edge can't catch up.
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

  /** Returns the term of an entry; undefined beyond the end, and below the oldest entry kept. */
  termAt(index: number): number | undefined {
    return index >= this.tail.firstIndex ? this.tail.termAt(index) : this.reader.termAt(index);
  }

  /**
   * Reports whether the entry at this index has this term. If so, the two logs agree up to here (log matching, Raft paper 5.3):
   * one leader wrote both entries, and each was accepted only where the preceding entry agreed.
   */
  matches(index: number, term: number): boolean {
    return this.termAt(index) === term;
  }

  /** Reports whether a log that ends like this is at least as complete as ours (election restriction, Raft paper 5.4.1). */
  isCoveredBy(lastIndex: number, lastTerm: number): boolean {
    return lastTerm > this.lastTerm || (lastTerm === this.lastTerm && lastIndex >= this.lastIndex);
  }

  /**
   * Returns the last index at or below `to` (and not below `floor`) whose term is at most `term`, up to which two logs may
   * agree. Terms never fall along a log, so a binary search finds it.
   */
  lastIndexUpToTerm(term: number, floor: number, to: number): number {
    let low = floor;
    let high = Math.min(to, this.lastIndex);
    while (low < high) {
      // Rounded up; otherwise two neighbours would be compared for ever.
      const middle = Math.ceil((low + high) / 2);
      if (this.knownTermAt(middle) <= term) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Returns entries from `from` on, cut at `maxEntries` and at `maxBytes` of data, but never empty if `from` exists. */
  entries(from: number, maxEntries: number, maxBytes: number): readonly Entry[] {
    const to = Math.min(this.lastIndex, from + maxEntries - 1);
    if (from > to) return [];
    // A batch comes from one side only: the caller asks again for the rest, and most batches don't cross the boundary.
    if (from < this.tail.firstIndex) return this.reader.entries(from, Math.min(to, this.tail.firstIndex - 1), maxBytes);
    return this.tail.range(from, to, maxBytes);
  }

  append(entry: Entry): void {
    invariant(entry.index === this.lastIndex + 1, 'the log has no gaps', () => ({
      entry: entry.index,
      last: this.lastIndex,
    }));
    // The election restriction and the search above rely on this.
    invariant(entry.term >= this.lastTerm, 'terms never fall along the log', () => ({
      entry: entry.term,
      last: this.lastTerm,
    }));
    this.tail.append(entry);
  }

  /**
   * Takes a leader's entries after an index that is known to match: skips entries that are here already and cuts conflicting
   * ones. Returns the entries that are new.
   */
  take(entries: readonly Entry[]): readonly Entry[] {
    // Never cut entries that agree: a late append must not shorten a log that a newer one has extended.
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
    // The storage still shows the entries that were cut. They must not count as ours until other entries replace them.
    this.durable = Math.min(this.durable, index - 1);
    this.writeFrom = Math.min(this.writeFrom, index);
    // When the write in progress returns, only its entries before the cut are still ours.
    this.writingTo = Math.min(this.writingTo, index - 1);
  }

  hasUnwritten(): boolean {
    return this.writeFrom <= this.lastIndex;
  }

  /** Hands out the entries to write next; `writeReturned` reports that they are durable. */
  startWrite(): readonly Entry[] {
    const entries = this.tail.from(this.writeFrom);
    this.writeFrom = this.lastIndex + 1;
    this.writingTo = this.lastIndex;
    return entries;
  }

  writeReturned(): void {
    // If none of its entries is ours any more, the tail stays as it is, and the next write has their replacements.
    if (this.writingTo > this.durable) {
      this.durable = this.writingTo;
      this.tail.durableUpTo(this.durable);
    }
    this.writingTo = 0;
  }

  commitTo(index: number): void {
    // A lower index is old news: the network reorders appends and answers.
    if (index <= this.committed) return;
    invariant(index <= this.lastIndex, 'only what is in the log commits', () => ({
      commit: index,
      last: this.lastIndex,
    }));
    this.committed = index;
  }

  /** Settles entries up to `index`, which are therefore committed as well. */
  settleTo(index: number): void {
    this.commitTo(index);
    this.settled = Math.max(this.settled, index);
  }

  hasUnapplied(): boolean {
    return this.applied < Math.min(this.settled, this.durable);
  }

  /** Hands out settled entries that are durable here, each once. */
  takeUnapplied(maxEntries: number, maxBytes: number): readonly Entry[] {
    // Only durable entries: otherwise the state machine would be ahead of its own log after a crash.
    const upTo = Math.min(this.settled, this.durable);
    if (this.applied >= upTo) return [];
    const entries = this.entries(this.applied + 1, Math.min(maxEntries, upTo - this.applied), maxBytes);
    const first = entries[0]?.index;
    invariant(first === this.applied + 1, 'entries are applied without gaps', () => ({ first, applied: this.applied }));
    this.applied += entries.length;
    return entries;
  }

  /** A snapshot has replaced the whole log, durably. */
  replacedBySnapshot(lastIndex: number): void {
    // Moving backwards would undo acknowledged commands.
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
