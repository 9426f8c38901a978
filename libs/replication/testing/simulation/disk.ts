import type { LogReader } from '../../src/core/log-reader.js';
import type { Entry } from '../../src/core/messages.js';
import type { HardState, PageToStore, Ready } from '../../src/core/ready.js';
import type { Random } from './random.js';
import type { State } from './state-machine.js';

/** One write: everything in a `Ready` that must become durable, and the state of the state machine at that time. */
export interface Write {
  readonly hardState: HardState | null;
  readonly mayVote: boolean | null;
  readonly entries: readonly Entry[];
  readonly storePage: PageToStore | null;
  readonly state: State;
}

export function writeOf(ready: Ready, state: State): Write | null {
  const { hardState, mayVote, entries, storePage } = ready;
  const isEmpty = hardState === null && mayVote === null && entries.length === 0 && storePage === null;
  return isEmpty ? null : { hardState, mayVote, entries, storePage, state };
}

/** The data that survive a crash. */
export class Disk implements LogReader {
  hardState: HardState = { term: 0, vote: null };
  mayVote = true;
  /** The state machine as of the last sync. */
  state: State;
  firstIndex = 1;
  private wasReplaced = false;
  private edgeTerm = 0;
  private log: Entry[] = [];
  private pages: string[] = [];

  constructor(
    private readonly initial: State,
    private readonly keepEntries: number,
  ) {
    this.state = initial;
  }

  /** A learner's writes are not synced: a crash may take its disk back to an earlier image. */
  image(): () => void {
    const { hardState, mayVote, state, firstIndex, edgeTerm } = this;
    const [log, pages] = [[...this.log], [...this.pages]];
    return () => {
      Object.assign(this, { hardState, mayVote, state, firstIndex, edgeTerm, log, pages });
    };
  }

  /** Whether some of its member's promises are lost, known to the member or not. */
  get isForgetful(): boolean {
    return !this.mayVote || (this.wasReplaced && this.hardState.term === 0);
  }

  get lastIndex(): number {
    return this.firstIndex + this.log.length - 1;
  }

  termAt(index: number): number | undefined {
    if (index === this.firstIndex - 1) return this.edgeTerm;
    return index === 0 ? 0 : this.log[index - this.firstIndex]?.term;
  }

  entries(from: number, to: number, maxBytes: number): readonly Entry[] {
    const start = from - this.firstIndex;
    let end = start;
    for (let bytes = 0; end <= to - this.firstIndex; end += 1) {
      bytes += this.log[end]?.data?.length ?? 0;
      if (end > start && bytes > maxBytes) break;
    }
    return this.log.slice(start, end);
  }

  /** Reports whether this entry is here, or part of the state of an installed snapshot. */
  holds(index: number, term: number): boolean {
    return index < this.firstIndex || this.termAt(index) === term;
  }

  sync(write: Write): void {
    if (write.hardState !== null) this.hardState = write.hardState;
    if (write.mayVote !== null) this.mayVote = write.mayVote;
    this.replaceFrom(write.entries);
    this.state = write.state;
    if (write.storePage !== null) this.keep(write.storePage);
    this.compact();
  }

  /** Simulates a power failure during a write: keeps nothing of it, all of it, or its first part. */
  tear(write: Write, random: Random): void {
    if (random.chance(0.3)) return;
    if (random.chance(0.4) || write.storePage !== null) {
      this.sync(write);
      return;
    }
    const kept = random.int(0, write.entries.length);
    this.sync({ ...write, mayVote: null, state: this.state, entries: write.entries.slice(0, kept) });
  }

  /** Replaces the disk by an empty one. The member detects that by its identity, which is stored elsewhere. */
  loseEverything(): void {
    this.replace();
    this.mayVote = false;
  }

  /** Replaces the disk by an empty one, undetectably. */
  replace(): void {
    this.wasReplaced = true;
    this.mayVote = true;
    this.hardState = { term: 0, vote: null };
    this.state = this.initial;
    this.firstIndex = 1;
    this.edgeTerm = 0;
    this.log = [];
    this.pages = [];
  }

  private replaceFrom(entries: readonly Entry[]): void {
    const first = entries[0];
    if (first === undefined) return;
    this.log.length = first.index - this.firstIndex;
    this.log.push(...entries);
  }

  private keep(page: PageToStore): void {
    if (page.page === 0) this.pages = [];
    this.pages[page.page] = page.data;
    if (!page.done) return;
    this.state = { index: page.lastIndex, term: page.lastTerm, values: this.pages };
    this.log = [];
    this.firstIndex = page.lastIndex + 1;
    this.edgeTerm = page.lastTerm;
    this.pages = [];
  }

  private compact(): void {
    const first = this.state.index - this.keepEntries + 1;
    // In steps, as a real log does, and because it is cheaper.
    if (first < this.firstIndex + Math.max(2, this.keepEntries / 4)) return;
    this.edgeTerm = this.termAt(first - 1) ?? 0;
    this.log = this.log.slice(first - this.firstIndex);
    this.firstIndex = first;
  }
}
