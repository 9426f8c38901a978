import type { RefusalReason } from '#contracts';
import { checksum, CorruptData, type Page } from '#replication';
import type { Database, Statement } from 'better-sqlite3';
import type { Trade } from './exchange.command.js';

/** A refused trade. */
export interface Refusal extends Trade {
  /** 1, 2, 3, … in log order; the oldest are forgotten first. */
  readonly number: number;
  readonly reason: RefusalReason;
}

type Row = Refusal & { readonly checksum: number };

interface RefusalPage {
  readonly refusals: readonly Refusal[];
}

const REFUSALS_PER_PAGE = 500;
const COLUMNS = 'number, key, name, type, quantity, reason, checksum';

/** Refused trades by key, so that a repeat gets the first answer. */
export class RefusalTable {
  private readonly statements: Record<'lastNumber' | 'findByKey' | 'list' | 'insert' | 'forget' | 'clear', Statement>;
  private lastNumber: number;

  /** @param kept the number of refusals to remember */
  constructor(
    private readonly db: Database,
    private readonly kept: number,
  ) {
    if (!db.readonly) {
      db.exec(
        'CREATE TABLE IF NOT EXISTS refusal (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, type TEXT NOT NULL, ' +
          'quantity INTEGER NOT NULL, reason TEXT NOT NULL, checksum INTEGER NOT NULL)',
      );
    }
    this.statements = {
      lastNumber: db.prepare('SELECT max(number) FROM refusal').pluck(),
      findByKey: db.prepare(`SELECT ${COLUMNS} FROM refusal WHERE key = ?`),
      list: db.prepare(`SELECT ${COLUMNS} FROM refusal WHERE number > ? ORDER BY number LIMIT ?`),
      insert: db.prepare('INSERT INTO refusal VALUES (?, ?, ?, ?, ?, ?, ?)'),
      forget: db.prepare('DELETE FROM refusal WHERE number <= ?'),
      clear: db.prepare('DELETE FROM refusal'),
    };
    this.lastNumber = (this.statements.lastNumber.get() as number | null) ?? 0;
  }

  findByKey(key: string): Refusal | undefined {
    const row = this.statements.findByKey.get(key) as Row | undefined;
    return row && this.verified(row);
  }

  /** Remembers a refusal, and forgets the oldest beyond the limit. */
  add({ key, name, type, quantity }: Trade, reason: RefusalReason): void {
    this.insert({ number: this.lastNumber + 1, key, name, type, quantity, reason });
    this.statements.forget.run(this.lastNumber - this.kept);
  }

  clear(): void {
    this.statements.clear.run();
    this.lastNumber = 0;
  }

  *pages(): Generator {
    for (let after = 0; ;) {
      const rows = this.statements.list.all(after, REFUSALS_PER_PAGE) as Row[];
      const last = rows.at(-1);
      if (!last) return;
      yield { refusals: rows.map((row) => this.verified(row)) } satisfies RefusalPage;
      after = last.number;
    }
  }

  /** Loads a page of a snapshot; false if it is not a page of refusals. */
  load(page: Page): boolean {
    const { refusals } = page as Partial<RefusalPage>;
    for (const refusal of refusals ?? []) this.insert(refusal);
    return refusals !== undefined;
  }

  private insert(refusal: Refusal): void {
    const values = inOrder(refusal);
    this.statements.insert.run(...values, checksum(...values));
    this.lastNumber = refusal.number;
  }

  private verified({ checksum: sum, ...refusal }: Row): Refusal {
    if (sum !== checksum(...inOrder(refusal)))
      throw new CorruptData(this.db.name, `the refusal under key ${refusal.key} does not match its checksum`);
    return refusal;
  }
}

/** Returns a refusal's values in the order of the columns. */
function inOrder({ number, key, name, type, quantity, reason }: Refusal): (string | number)[] {
  return [number, key, name, type, quantity, reason];
}
