import type { Database, Statement } from 'better-sqlite3';

/** Pages of a snapshot that is arriving; on disk, so that memory stays bounded however large the state is. */
export class SnapshotStaging {
  private readonly statements: Record<'insert' | 'all' | 'clear', Statement>;

  constructor(db: Database) {
    db.exec('CREATE TABLE IF NOT EXISTS snapshot_page (page INTEGER PRIMARY KEY, data TEXT NOT NULL)');
    this.statements = {
      insert: db.prepare('INSERT OR REPLACE INTO snapshot_page (page, data) VALUES (?, ?)'),
      all: db.prepare('SELECT data FROM snapshot_page ORDER BY page').pluck(),
      clear: db.prepare('DELETE FROM snapshot_page'),
    };
  }

  /** Keeps one page; page 0 begins a new snapshot. */
  add(page: number, data: string): void {
    if (page === 0) this.clear();
    this.statements.insert.run(page, data);
  }

  *pages(): Generator {
    for (const data of this.statements.all.iterate() as IterableIterator<string>) yield JSON.parse(data);
  }

  clear(): void {
    this.statements.clear.run();
  }
}
