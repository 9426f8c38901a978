import type { Log } from './log.js';
import type { Entry } from './messages.js';

/** A position in the log that must be applied before a read is answered. */
export interface ReadPosition {
  readonly index: number;
  /** Term of the entry there, which shows when another one takes its place; null where that does not matter. */
  readonly term: number | null;
}

/**
 * The entries that a learner has received. Each is handed out to the shell as soon as it is here, and *released* when the shell
 * has done what must be done before the entry may take effect (telling caches to drop what it changes, for example). Only what is
 * released is acknowledged, and only what every learner with a lease has acknowledged is settled.
 */
export class Receipts {
  /** Received, and not yet both released and applied; in order, without gaps. */
  private entries: Entry[];
  /** Entries from here on were not handed out yet. */
  private handOutFrom: number;
  private released: number;
  private applied: number;

  /** An earlier incarnation may have received entries without releasing them: what it had not applied is handed out again. */
  constructor(log: Log) {
    this.applied = log.appliedIndex;
    this.released = log.appliedIndex;
    this.handOutFrom = log.appliedIndex + 1;
    this.entries = [...log.entries(this.handOutFrom, Infinity, Infinity)];
  }

  /** Nothing beyond it is acknowledged. */
  get releasedIndex(): number {
    return this.released;
  }

  /** The log has these entries from now on, and nothing behind them. */
  took(news: readonly Entry[]): void {
    const first = news[0];
    if (first === undefined) return;
    // Entries at these positions were cut. Those in their place may change something else, so they must be released anew.
    const kept = this.entries.findIndex(({ index }) => index >= first.index);
    if (kept >= 0) this.entries.length = kept;
    this.entries.push(...news);
    const last = first.index - 1;
    this.handOutFrom = Math.min(this.handOutFrom, first.index);
    this.released = Math.min(this.released, last);
  }

  /** Returns each entry once, in order; one that was cut and has come again, again. */
  handOut(): readonly Entry[] {
    const news = this.entries.filter(({ index }) => index >= this.handOutFrom);
    this.handOutFrom = (news.at(-1)?.index ?? this.handOutFrom - 1) + 1;
    return news;
  }

  /** False when the entry is no longer here, or was released before. */
  release(index: number, term: number): boolean {
    // The term is compared, because the shell may have worked on an entry that was cut meanwhile.
    const isHere = this.entries.some((entry) => entry.index === index && entry.term === term);
    if (!isHere || index <= this.released) return false;
    this.released = index;
    this.forget();
    return true;
  }

  /** The shell has applied entries up to here. */
  appliedTo(index: number): void {
    this.applied = index;
    this.forget();
  }

  /** Nothing of a snapshot is handed out: a learner that needs one holds no lease, so nobody relies on what it changes. */
  replacedBySnapshot(lastIndex: number): void {
    this.entries = [];
    this.released = lastIndex;
    this.applied = lastIndex;
    this.handOutFrom = lastIndex + 1;
  }

  /** The last entry that a read must wait for: received, not applied, and one that concerns the read. Null for none. */
  lastThat(concerns: (entry: Entry) => boolean): ReadPosition | null {
    return this.entries.findLast((entry) => entry.index > this.applied && concerns(entry)) ?? null;
  }

  /** Drops what neither a read nor a release can ask for any more. */
  private forget(): void {
    const done = Math.min(this.applied, this.released);
    const kept = this.entries.findIndex(({ index }) => index > done);
    this.entries = kept < 0 ? [] : this.entries.slice(kept);
  }
}
