import type { Log } from './log.js';
import type { Entry } from './messages.js';

/** An index of the log that must be applied before a read is answered. */
export interface ReadPosition {
  readonly index: number;
  /** Term of the entry there, which shows if another entry replaces it; null where that does not matter. */
  readonly term: number | null;
}

/**
 * Tracks the entries that a learner has received. Each is handed out to the shell as soon as it arrives, and *released* once the
 * shell has done what must happen before the entry takes effect, such as invalidating caches. Only released entries are
 * acknowledged, and only entries that every learner with a lease has acknowledged are settled.
 */
export class Receipts {
  /** Received entries that are not yet both released and applied; in order, without gaps. */
  private entries: Entry[];
  /** Index of the first entry that was not handed out yet. */
  private handOutFrom: number;
  private released: number;
  private applied: number;

  /** Hands out unapplied entries again: an earlier incarnation may have received them without releasing them. */
  constructor(log: Log) {
    this.applied = log.appliedIndex;
    this.released = log.appliedIndex;
    this.handOutFrom = log.appliedIndex + 1;
    this.entries = [...log.entries(this.handOutFrom, Infinity, Infinity)];
  }

  /** Index up to which entries are released. No entry beyond it is acknowledged. */
  get releasedIndex(): number {
    return this.released;
  }

  /** The log now ends with these entries. */
  took(news: readonly Entry[]): void {
    const first = news[0];
    if (first === undefined) return;
    // Entries at these positions were cut. Their replacements may change other data, so they must be released again.
    const kept = this.entries.findIndex(({ index }) => index >= first.index);
    if (kept >= 0) this.entries.length = kept;
    this.entries.push(...news);
    const last = first.index - 1;
    this.handOutFrom = Math.min(this.handOutFrom, first.index);
    this.released = Math.min(this.released, last);
  }

  /** Returns each entry once, in order. An entry that was cut and has arrived again is returned again. */
  handOut(): readonly Entry[] {
    const news = this.entries.filter(({ index }) => index >= this.handOutFrom);
    this.handOutFrom = (news.at(-1)?.index ?? this.handOutFrom - 1) + 1;
    return news;
  }

  /** Releases entries up to this one. False if the entry is no longer here, or was released before. */
  release(index: number, term: number): boolean {
    // Compare the term: the shell may have worked on an entry that was cut meanwhile.
    const isHere = this.entries.some((entry) => entry.index === index && entry.term === term);
    if (!isHere || index <= this.released) return false;
    this.released = index;
    this.forget();
    return true;
  }

  /** The shell has applied entries up to this index. */
  appliedTo(index: number): void {
    this.applied = index;
    this.forget();
  }

  /** Hands out nothing of a snapshot: a learner that needs one holds no lease, so no cache depends on it. */
  replacedBySnapshot(lastIndex: number): void {
    this.entries = [];
    this.released = lastIndex;
    this.applied = lastIndex;
    this.handOutFrom = lastIndex + 1;
  }

  /** Returns the last entry that a read must wait for: received, not applied, and relevant to the read. Null for none. */
  lastThat(concerns: (entry: Entry) => boolean): ReadPosition | null {
    return this.entries.findLast((entry) => entry.index > this.applied && concerns(entry)) ?? null;
  }

  /** Drops entries that are both released and applied. */
  private forget(): void {
    const done = Math.min(this.applied, this.released);
    const kept = this.entries.findIndex(({ index }) => index > done);
    this.entries = kept < 0 ? [] : this.entries.slice(kept);
  }
}
