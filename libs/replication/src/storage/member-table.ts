import type { Database, Statement } from 'better-sqlite3';
import { CorruptData } from '../errors.js';
import { checksum } from './checksum.js';

/** The one row that says where a member stands. */
export interface MemberRow {
  readonly term: number;
  readonly vote: number | null;
  /** False after its memory was lost, until a leader has brought it up to date. */
  readonly mayVote: boolean;
  readonly appliedIndex: number;
  /** The last entry that is no longer kept in the log. */
  readonly edgeIndex: number;
  readonly edgeTerm: number;
  /** Durable writes so far; compared with the mark beside the database. */
  readonly writes: number;
}

const NEW_MEMBER: MemberRow = {
  term: 0,
  vote: null,
  mayVote: true,
  appliedIndex: 0,
  edgeIndex: 0,
  edgeTerm: 0,
  writes: 0,
};
/** Changes with every change of the tables that an older version could misread. */
const FORMAT = 1;

export class MemberTable {
  private readonly update: Statement;
  private row: MemberRow;

  constructor(db: Database, file: string) {
    db.exec(
      'CREATE TABLE IF NOT EXISTS member (only INTEGER PRIMARY KEY CHECK (only = 1), format INTEGER NOT NULL, term INTEGER NOT NULL, vote INTEGER, ' +
        'may_vote INTEGER NOT NULL, applied_index INTEGER NOT NULL, edge_index INTEGER NOT NULL, edge_term INTEGER NOT NULL, writes INTEGER NOT NULL, checksum INTEGER NOT NULL)',
    );
    this.update = db.prepare('INSERT OR REPLACE INTO member VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.row = this.load(db, file) ?? NEW_MEMBER;
  }

  get current(): MemberRow {
    return this.row;
  }

  /** Changes some values. Runs inside the caller's transaction. */
  save(changes: Partial<MemberRow>): void {
    this.row = { ...this.row, ...changes };
    const values = inOrder(this.row);
    this.update.run(FORMAT, ...values, checksum(...values));
  }

  private load(db: Database, file: string): MemberRow | undefined {
    const found = db
      .prepare(
        'SELECT format, term, vote, may_vote AS mayVote, applied_index AS appliedIndex, edge_index AS edgeIndex, edge_term AS edgeTerm, ' +
          'writes, checksum FROM member',
      )
      .get() as (Omit<MemberRow, 'mayVote'> & { format: number; mayVote: number; checksum: number }) | undefined;
    if (!found) return undefined;
    const { format, checksum: sum, ...rest } = found;
    const row = { ...rest, mayVote: rest.mayVote === 1 };
    if (format !== FORMAT) throw new CorruptData(file, `its format is ${format}, and this version reads ${FORMAT}`);
    if (sum !== checksum(...inOrder(row)))
      throw new CorruptData(file, "the member's own row does not match its checksum");
    return row;
  }
}

/** The row's values in the order of the columns. */
function inOrder({ term, vote, mayVote, appliedIndex, edgeIndex, edgeTerm, writes }: MemberRow): (number | null)[] {
  return [term, vote, mayVote ? 1 : 0, appliedIndex, edgeIndex, edgeTerm, writes];
}
