import type { Entry } from './messages.js';

/**
 * The end of a log: entries that are not known to be durable here. The storage doesn't show them yet, or shows older entries in
 * their place, so the tail keeps them until their write has returned.
 */
export class Tail {
  private entries: Entry[] = [];

  /** @param start index of its first entry, or while it is empty, of the next one */
  constructor(private start: number) {}

  /** Index of the first entry of the tail. */
  get firstIndex(): number {
    return this.start;
  }

  /** Index of the last entry; `firstIndex - 1` if the tail is empty. */
  get lastIndex(): number {
    return this.start + this.entries.length - 1;
  }

  termAt(index: number): number | undefined {
    return this.entries[index - this.start]?.term;
  }

  /** Returns all entries from `index` on. */
  from(index: number): readonly Entry[] {
    return this.entries.slice(index - this.start);
  }

  /** Returns entries from `from` to `to` inclusive, cut at `maxBytes` of data but never empty, or a large entry would never be sent. */
  range(from: number, to: number, maxBytes: number): readonly Entry[] {
    const first = from - this.start;
    let bytes = this.entries[first]?.data?.length ?? 0;
    let end = first + 1;
    while (end <= to - this.start) {
      bytes += this.entries[end]?.data?.length ?? 0;
      if (bytes > maxBytes) break;
      end += 1;
    }
    return this.entries.slice(first, end);
  }

  append(entry: Entry): void {
    this.entries.push(entry);
  }

  /** Drops the entries from `index` on. If that includes durable entries, the tail now begins at `index`. */
  cutFrom(index: number): void {
    if (index >= this.start) this.entries.length = index - this.start;
    else {
      this.entries = [];
      this.start = index;
    }
  }

  /** Drops the entries up to `index`: they are durable, and the storage shows them. */
  durableUpTo(index: number): void {
    this.entries = this.entries.slice(index + 1 - this.start);
    this.start = index + 1;
  }
}
