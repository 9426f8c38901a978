import type { Database, Statement } from 'better-sqlite3';

/** Stores the pages of an incoming snapshot on disk, so that memory stays bounded for a state of any size. */
export class SnapshotStaging {
  private readonly statements: Record<'insert' | 'next' | 'clear', Statement>;

  constructor(db: Database) {
    db.exec('CREATE TABLE IF NOT EXISTS snapshot_page (page INTEGER PRIMARY KEY, data TEXT NOT NULL)');
    this.statements = {
      insert: db.prepare('INSERT OR REPLACE INTO snapshot_page (page, data) VALUES (?, ?)'),
      next: db.prepare('SELECT page, data FROM snapshot_page WHERE page > ? ORDER BY page LIMIT 1'),
      clear: db.prepare('DELETE FROM snapshot_page'),
    };
  }

  /** Stores one page. Page 0 begins a new snapshot. */
  add(page: number, data: string): void {
    if (page === 0) this.clear();
    // An empty state has one empty page.
    if (data !== '') this.statements.insert.run(page, data);
  }

  /** Yields the pages, with one query each: an open query would block the writes of the state machine that restores them. */
  *pages(): Generator {
    for (let after = -1; ;) {
      const next = this.statements.next.get(after) as { page: number; data: string } | undefined;
      if (!next) return;
      yield JSON.parse(next.data);
      after = next.page;
    }
  }

  clear(): void {
    this.statements.clear.run();
  }
}
