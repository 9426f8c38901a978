import type { Database, Statement } from 'better-sqlite3';
import { invariant } from '../core/invariant.js';
import type { LogReader } from '../core/log-reader.js';
import type { Entry } from '../core/messages.js';
import { CorruptData } from '../errors.js';
import { checksum } from './checksum.js';

interface Row {
  readonly idx: number;
  readonly term: number;
  readonly data: string | null;
  readonly checksum: number;
}

/** A row as an array, which is much faster to read: a start reads all rows. */
type RawRow = readonly [index: number, term: number, data: string | null, checksum: number];

/** Number of rows read at a time while loading: faster than one by one, with bounded memory. */
const ROWS_AT_ONCE = 1000;

/** A run of consecutive entries of one term. */
interface TermRun {
  readonly firstIndex: number;
  readonly term: number;
}

/** Stores the log in a table. Terms are also kept in memory, as runs: there are few runs, and the core reads terms often. */
export class LogTable implements LogReader {
  private readonly statements: ReturnType<typeof prepareStatements>;
  private runs: TermRun[] = [];
  private first = 1;
  private last = 0;
  private edgeTerm = 0;

  constructor(
    db: Database,
    private readonly file: string,
  ) {
    db.exec(
      'CREATE TABLE IF NOT EXISTS log (idx INTEGER PRIMARY KEY, term INTEGER NOT NULL, data TEXT, checksum INTEGER NOT NULL)',
    );
    this.statements = prepareStatements(db);
  }

  get firstIndex(): number {
    return this.first;
  }

  get lastIndex(): number {
    return this.last;
  }

  /**
   * Reads and verifies every row; `edge` is the entry just before the first kept one. Later, only entries to be sent or applied
   * are read again, and the terms in memory are trusted.
   */
  load(edgeIndex: number, edgeTerm: number): void {
    this.first = edgeIndex + 1;
    this.last = edgeIndex;
    this.edgeTerm = edgeTerm;
    this.runs = [];
    let after = Number.MIN_SAFE_INTEGER;
    for (;;) {
      const rows = this.statements.page.all(after, ROWS_AT_ONCE) as RawRow[];
      for (const row of rows) this.loadRow(row);
      if (rows.length < ROWS_AT_ONCE) return;
      after = this.last;
    }
  }

  termAt(index: number): number | undefined {
    if (index === this.first - 1) return this.edgeTerm;
    if (index < this.first || index > this.last) return undefined;
    return this.runs.findLast((run) => run.firstIndex <= index)?.term;
  }

  entries(from: number, to: number, maxBytes: number): readonly Entry[] {
    const entries: Entry[] = [];
    let bytes = 0;
    for (const row of this.statements.range.iterate(from, to) as IterableIterator<Row>) {
      bytes += row.data?.length ?? 0;
      if (entries.length > 0 && bytes > maxBytes) break;
      this.verify(row.idx, row.term, row.data, row.checksum);
      entries.push({ index: row.idx, term: row.term, data: row.data });
    }
    return entries;
  }

  /** Replaces everything from the first of the entries on. Runs inside the caller's transaction. */
  append(entries: readonly Entry[]): void {
    const start = entries[0]?.index;
    if (start === undefined) return;
    if (start < this.first || start > this.last + 1) {
      throw new RangeError(`entries from ${start} do not fit a log of ${this.first} to ${this.last}`);
    }
    if (start <= this.last) this.cutFrom(start);
    for (const { index, term, data } of entries) {
      const areWhole = Number.isSafeInteger(index) && Number.isSafeInteger(term);
      invariant(areWhole, 'the log is made of whole numbers', () => ({ index, term }));
      this.statements.insert.run(index, term, data, checksum(index, term, data));
      if (this.runs.at(-1)?.term !== term) this.runs.push({ firstIndex: index, term });
      this.last = index;
    }
  }

  /** Deletes entries up to `index`, but at most `limit`. Returns the new edge, or null if nothing changed. */
  forget(index: number, limit: number): { index: number; term: number } | null {
    const edge = Math.min(index, this.first - 1 + limit);
    if (edge < this.first) return null;
    const term = this.termAt(edge) ?? this.edgeTerm;
    this.statements.deleteTo.run(edge);
    this.first = edge + 1;
    this.edgeTerm = term;
    const current = this.runs.findLastIndex((run) => run.firstIndex <= this.first);
    this.runs.splice(0, Math.max(0, current));
    return { index: edge, term };
  }

  /** Clears the log after a snapshot up to the given edge. */
  reset(edgeIndex: number, edgeTerm: number): void {
    this.statements.deleteTo.run(Number.MAX_SAFE_INTEGER);
    this.first = edgeIndex + 1;
    this.last = edgeIndex;
    this.edgeTerm = edgeTerm;
    this.runs = [];
  }

  private cutFrom(index: number): void {
    this.statements.deleteFrom.run(index);
    this.runs = this.runs.filter((run) => run.firstIndex < index);
    this.last = index - 1;
  }

  private loadRow([index, term, data, sum]: RawRow): void {
    if (index !== this.last + 1)
      throw new CorruptData(this.file, `the log should hold entry ${this.last + 1} next, but holds ${index}`);
    this.verify(index, term, data, sum);
    const before = this.runs.at(-1)?.term ?? this.edgeTerm;
    if (term < before)
      throw new CorruptData(this.file, `the term falls from ${before} to ${term} at log entry ${index}`);
    if (this.runs.length === 0 || term > before) this.runs.push({ firstIndex: index, term });
    this.last = index;
  }

  private verify(index: number, term: number, data: string | null, sum: number): void {
    if (checksum(index, term, data) !== sum)
      throw new CorruptData(this.file, `log entry ${index} does not match its checksum`);
  }
}

function prepareStatements(db: Database): Record<'page' | 'range' | 'insert' | 'deleteFrom' | 'deleteTo', Statement> {
  return {
    page: db.prepare('SELECT idx, term, data, checksum FROM log WHERE idx > ? ORDER BY idx LIMIT ?').raw(),
    range: db.prepare('SELECT idx, term, data, checksum FROM log WHERE idx BETWEEN ? AND ? ORDER BY idx'),
    insert: db.prepare('INSERT INTO log (idx, term, data, checksum) VALUES (?, ?, ?, ?)'),
    deleteFrom: db.prepare('DELETE FROM log WHERE idx >= ?'),
    deleteTo: db.prepare('DELETE FROM log WHERE idx <= ?'),
  };
}
