import type { Database, Statement } from 'better-sqlite3';
import { invariant } from '../core/invariant.js';
import { CorruptData } from '../errors.js';
import { checksum } from './checksum.js';
import { DataDirectoryError } from './data-directory.js';

/** The single row with a member's own state. */
export interface MemberRow {
  readonly term: number;
  readonly vote: number | null;
  /** False with amnesia, until a leader has brought the member up to date. */
  readonly mayVote: boolean;
  /** The group that the data belong to; null before it is created, or this member has joined it. */
  readonly groupId: string | null;
  readonly appliedIndex: number;
  /** Index of the last entry that is no longer kept in the log. */
  readonly edgeIndex: number;
  readonly edgeTerm: number;
  /** Number of durable writes; compared with the mark beside the database. */
  readonly writes: number;
}

/** The member that a database belongs to. */
export interface Owner {
  readonly group: string;
  readonly id: number;
}

const NEW_MEMBER: MemberRow = {
  term: 0,
  vote: null,
  mayVote: true,
  groupId: null,
  appliedIndex: 0,
  edgeIndex: 0,
  edgeTerm: 0,
  writes: 0,
};
/** Version of the format. Changes whenever an older version could misread the tables. */
const FORMAT = 3;

export class MemberTable {
  private readonly update: Statement;
  private row: MemberRow;

  constructor(
    db: Database,
    private readonly file: string,
    private readonly owner: Owner,
  ) {
    db.exec(
      'CREATE TABLE IF NOT EXISTS member (only INTEGER PRIMARY KEY CHECK (only = 1), format INTEGER NOT NULL, group_name TEXT NOT NULL, id INTEGER NOT NULL, term INTEGER NOT NULL, vote INTEGER, ' +
        'may_vote INTEGER NOT NULL, group_id TEXT, applied_index INTEGER NOT NULL, edge_index INTEGER NOT NULL, edge_term INTEGER NOT NULL, writes INTEGER NOT NULL, checksum INTEGER NOT NULL)',
    );
    this.row = this.load(db) ?? NEW_MEMBER;
    this.update = db.prepare('INSERT OR REPLACE INTO member VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  }

  get current(): MemberRow {
    return this.row;
  }

  /** Updates some values. Runs inside the caller's transaction. */
  save(changes: Partial<MemberRow>): void {
    this.row = { ...this.row, ...changes };
    const values = inOrder(this.owner, this.row);
    const areWhole = values.every((value) => typeof value !== 'number' || Number.isSafeInteger(value));
    invariant(areWhole, 'what a member remembers are whole numbers', () => ({ values }));
    this.update.run(FORMAT, ...values, checksum(...values));
  }

  private load(db: Database): MemberRow | undefined {
    const format = db.prepare('SELECT format FROM member').pluck().get() as number | undefined;
    if (format === undefined) return undefined;
    if (format !== FORMAT)
      throw new DataDirectoryError(
        `the database ${this.file} was written by another version: its format is ${format}, and this one reads ${FORMAT}. ` +
          'Nothing was changed. Start it with the version that wrote it.',
      );
    const found = db
      .prepare(
        'SELECT group_name AS "group", id, term, vote, may_vote AS mayVote, group_id AS groupId, applied_index AS appliedIndex, ' +
          'edge_index AS edgeIndex, edge_term AS edgeTerm, writes, checksum FROM member',
      )
      .get() as Omit<MemberRow, 'mayVote'> & Owner & { mayVote: number; checksum: number };
    const { group, id, checksum: sum, ...rest } = found;
    const row = { ...rest, mayVote: rest.mayVote === 1 };
    if (sum !== checksum(...inOrder({ group, id }, row)))
      throw new CorruptData(this.file, "the member's own row does not match its checksum");
    // Another member's log may match, but its votes are not ours, and we could vote twice in a term.
    if (group !== this.owner.group || id !== this.owner.id)
      throw new CorruptData(this.file, `it belongs to ${group}-${id}, not to ${this.owner.group}-${this.owner.id}`);
    return row;
  }
}

/** Returns the row's values in the order of the columns. */
function inOrder(owner: Owner, row: MemberRow): (string | number | null)[] {
  const { term, vote, mayVote, groupId, appliedIndex, edgeIndex, edgeTerm, writes } = row;
  return [owner.group, owner.id, term, vote, mayVote ? 1 : 0, groupId, appliedIndex, edgeIndex, edgeTerm, writes];
}
