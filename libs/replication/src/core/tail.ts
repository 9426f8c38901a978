import type { Entry } from './messages.js';

/**
 * The end of a log: entries that are not known to be durable here. The storage doesn't show them yet, or shows older ones in
 * their place, so they are kept until the write that has them has returned.
 */
export class Tail {
  private entries: Entry[] = [];

  /** @param start index of its first entry, or of the one that will be, while it is empty */
  constructor(private start: number) {}

  /** Everything from here on is in the tail, and nothing before. */
  get firstIndex(): number {
    return this.start;
  }

  /** `firstIndex - 1` when it is empty. */
  get lastIndex(): number {
    return this.start + this.entries.length - 1;
  }

  termAt(index: number): number | undefined {
    return this.entries[index - this.start]?.term;
  }

  /** All entries from `index` on. */
  from(index: number): readonly Entry[] {
    return this.entries.slice(index - this.start);
  }

  /** From `from` to `to` inclusive, cut at `maxBytes` of data. The first entry is always there, or a large one would never leave. */
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

  /** Drops the entries from `index` on. If it cuts into what is durable, the tail begins there from now on. */
  cutFrom(index: number): void {
    if (index >= this.start) this.entries.length = index - this.start;
    else {
      this.entries = [];
      this.start = index;
    }
  }

  /** The entries up to `index` are durable: the storage shows them from now on. */
  durableUpTo(index: number): void {
    this.entries = this.entries.slice(index + 1 - this.start);
    this.start = index + 1;
  }
}
