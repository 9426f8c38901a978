import { checksum, CorruptData, type Page } from '@stock-bazaar/replication';
import type { Database, Statement } from 'better-sqlite3';

interface Row {
  readonly name: string;
  readonly checksum: number;
}

interface IncarnationPage {
  readonly incarnation: string;
}

/** What this exchange is called since it took in its first stocks. One that is rebuilt has another name. */
export class IncarnationTable {
  private readonly statements: Record<'find' | 'save' | 'clear', Statement>;

  constructor(private readonly db: Database) {
    if (!db.readonly) {
      db.exec(
        'CREATE TABLE IF NOT EXISTS incarnation (only INTEGER PRIMARY KEY CHECK (only = 1), name TEXT NOT NULL, checksum INTEGER NOT NULL)',
      );
    }
    this.statements = {
      find: db.prepare('SELECT name, checksum FROM incarnation'),
      save: db.prepare('INSERT INTO incarnation VALUES (1, ?, ?)'),
      clear: db.prepare('DELETE FROM incarnation'),
    };
  }

  /** Null before there are stocks. */
  get name(): string | null {
    const row = this.statements.find.get() as Row | undefined;
    if (row && row.checksum !== checksum(row.name))
      throw new CorruptData(this.db.name, 'the name of its incarnation does not match its checksum');
    return row?.name ?? null;
  }

  save(name: string): void {
    this.statements.save.run(name, checksum(name));
  }

  clear(): void {
    this.statements.clear.run();
  }

  *pages(): Generator {
    const { name } = this;
    if (name !== null) yield { incarnation: name } satisfies IncarnationPage;
  }

  /** Takes a page of a snapshot; false when it is not the one of the incarnation. */
  load(page: Page): boolean {
    const { incarnation } = page as Partial<IncarnationPage>;
    if (incarnation !== undefined) this.save(incarnation);
    return incarnation !== undefined;
  }
}
