import SqliteDatabase, { type Database } from 'better-sqlite3';
import { groupBornWith } from '../src/core/birth.js';
import type { Entry } from '../src/core/messages.js';
import type { HardState, PageToStore } from '../src/core/ready.js';
import { carriesPromise, type SnapshotSource, type Storage, type WriteBatch } from '../src/ports.js';
import type { StateMachine } from '../src/state-machine.js';
import { encodedPages } from '../src/storage/snapshot-reader.js';

/** Maximum number of entries between copies of the state machine's tables. Entries since the last copy are applied again. */
const ENTRIES_PER_IMAGE = 50;

/** The data that survive a crash. */
export class MemoryDisk {
  hardState: HardState = { term: 0, vote: null };
  mayVote = true;
  groupId: string | null = null;
  /** Index and term of the last entry that is no longer in the log. */
  edge = { index: 0, term: 0 };
  log: readonly Entry[] = [];
  /** Pages of an incoming snapshot. */
  pages: readonly string[] = [];
  /** A copy of the state machine's tables at some index; null before the first copy. */
  image: { readonly bytes: Buffer; readonly index: number } | null = null;
}

export interface MemoryStorageOptions {
  readonly stateMachine: StateMachine<unknown, unknown>;
  readonly keepEntries: number;
  /** Resolves when a write is durable. @default at once */
  readonly sync?: () => Promise<void>;
  /** Called with the result of the state machine for each entry. */
  readonly onResult?: (entry: Entry, result: unknown) => void;
}

/**
 * A storage without files: the log in an array, the state machine on an in-memory SQLite database. A crash has the effect of a
 * power failure: it keeps everything that a resolved write promised, and the state machine at some earlier index.
 */
export class MemoryStorage implements Storage {
  /** The state machine's tables. */
  readonly db: Database;
  private applied: number;
  private writing: WriteBatch | null = null;
  private isClosed = false;

  constructor(
    private readonly disk: MemoryDisk,
    private readonly options: MemoryStorageOptions,
  ) {
    this.db = new SqliteDatabase(disk.image?.bytes ?? ':memory:');
    this.applied = disk.image?.index ?? 0;
    options.stateMachine.prepare(this.db);
  }

  get firstIndex(): number {
    return this.disk.edge.index + 1;
  }

  get lastIndex(): number {
    return this.disk.edge.index + this.disk.log.length;
  }

  get hardState(): HardState {
    return this.disk.hardState;
  }

  get mayVote(): boolean {
    return this.disk.mayVote;
  }

  get groupId(): string | null {
    return this.disk.groupId;
  }

  get appliedIndex(): number {
    return this.applied;
  }

  termAt(index: number): number | undefined {
    const { edge, log } = this.disk;
    return index === edge.index ? edge.term : log[index - edge.index - 1]?.term;
  }

  entries(from: number, to: number, maxBytes: number): readonly Entry[] {
    const { log, edge } = this.disk;
    const start = from - edge.index - 1;
    let end = start;
    for (let bytes = 0; end < Math.min(log.length, to - edge.index); end += 1) {
      bytes += log[end]?.data?.length ?? 0;
      if (end > start && bytes > maxBytes) break;
    }
    return log.slice(start, end);
  }

  async write(batch: WriteBatch): Promise<readonly unknown[]> {
    if (this.writing) throw new Error('a write begins while another one is in progress');
    if (carriesPromise(batch)) {
      this.writing = batch;
      await this.options.sync?.();
      this.writing = null;
      // The power failed meanwhile, so there is nobody to answer.
      if (this.isClosed) return [];
      this.persist(batch);
    }
    const results = this.applyAll(batch.apply);
    this.forget();
    return results;
  }

  /** Does nothing: after a crash, the state machine may be at any earlier index. */
  flush(): void {}

  openSnapshot(): SnapshotSource {
    const { stateMachine } = this.options;
    const copy = new SqliteDatabase(this.db.serialize());
    const pages = encodedPages(stateMachine.snapshot(copy));
    const lastTerm = this.termAt(this.applied) ?? 0;
    return { lastIndex: this.applied, lastTerm, pages, close: () => copy.close() };
  }

  close(): void {
    if (this.isClosed) return;
    this.takeImage();
    this.end();
  }

  /** Simulates a power failure. The caller decides whether a write in progress is lost or durable. */
  crash(writeSurvives: boolean): void {
    if (this.writing && writeSurvives) this.persist(this.writing);
    this.end();
  }

  private end(): void {
    this.isClosed = true;
    this.db.close();
  }

  private persist({ hardState, mayVote, entries, storePage, joins }: WriteBatch): void {
    const { disk } = this;
    if (storePage) this.keepPage(storePage);
    if (storePage?.done === true) disk.groupId = joins ?? disk.groupId;
    const start = entries[0]?.index;
    if (start !== undefined) {
      if (start < this.firstIndex || start > this.lastIndex + 1)
        throw new RangeError(`entries from ${start} do not fit a log of ${this.firstIndex} to ${this.lastIndex}`);
      disk.log = [...disk.log.slice(0, start - this.firstIndex), ...entries];
    }
    disk.hardState = hardState ?? disk.hardState;
    disk.mayVote = mayVote ?? disk.mayVote;
  }

  private keepPage({ page, data, done, lastIndex, lastTerm }: PageToStore): void {
    const { disk } = this;
    disk.pages = page === 0 ? [data] : [...disk.pages.slice(0, page), data];
    if (!done) return;
    // An empty state has one empty page.
    const pages = disk.pages.filter((text) => text !== '').map((text): unknown => JSON.parse(text));
    this.db.transaction(() => this.options.stateMachine.restore(pages, this.db)).immediate();
    disk.pages = [];
    disk.log = [];
    disk.edge = { index: lastIndex, term: lastTerm };
    this.applied = lastIndex;
    this.takeImage();
  }

  private applyAll(entries: readonly Entry[]): readonly unknown[] {
    const apply = this.db.transaction(() => entries.map((entry, i) => this.applyOne(entry, this.applied + 1 + i)));
    const results = apply.immediate();
    this.applied += results.length;
    entries.forEach((entry, i) => this.options.onResult?.(entry, results[i]));
    return results;
  }

  private applyOne(entry: Entry, expectedIndex: number): unknown {
    const { index, term, data } = entry;
    if (index !== expectedIndex) throw new RangeError(`entry ${index} was applied where ${expectedIndex} is next`);
    const groupId = groupBornWith(entry);
    if (groupId !== undefined) this.disk.groupId = groupId;
    if (data === null || groupId !== undefined) return undefined;
    return this.options.stateMachine.apply({ index, term, command: JSON.parse(data) as unknown }, this.db);
  }

  /** Deletes old entries, but only those whose effects are in the copy of the tables. */
  private forget(): void {
    const { disk, applied } = this;
    const edge = applied - this.options.keepEntries;
    const imageIndex = disk.image?.index ?? 0;
    if (edge > imageIndex || applied - imageIndex >= ENTRIES_PER_IMAGE) this.takeImage();
    if (edge <= disk.edge.index) return;
    const term = this.termAt(edge) ?? 0;
    disk.log = disk.log.slice(edge - disk.edge.index);
    disk.edge = { index: edge, term };
  }

  private takeImage(): void {
    this.disk.image = { bytes: this.db.serialize(), index: this.applied };
  }
}
