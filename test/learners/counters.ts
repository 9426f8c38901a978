import type { AppliedEntry, Database, Page, StateMachine } from '../../libs/replication/src/index.js';

export interface Addition {
  readonly counter: string;
  /** Unlike that of any other addition. */
  readonly key: string;
}

/** An addition that took effect; they are numbered over all counters, from 1. */
export interface Recorded extends Addition {
  readonly number: number;
}

const ROWS_PER_PAGE = 500;

/** Counters that remember each addition, so that a judge can be told in which order they took effect. */
export class Counters implements StateMachine<Addition, number> {
  /** The value of a counter, and all additions in order, from this member's own tables. */
  countOf: (counter: string) => number = () => 0;
  record: () => readonly Recorded[] = () => [];

  prepare(db: Database): void {
    db.exec(
      'CREATE TABLE IF NOT EXISTS additions (number INTEGER PRIMARY KEY, counter TEXT NOT NULL, key TEXT NOT NULL)',
    );
    db.exec('CREATE TABLE IF NOT EXISTS counters (counter TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID');
    const count = db.prepare('SELECT count FROM counters WHERE counter = ?').pluck();
    const record = db.prepare('SELECT * FROM additions ORDER BY number');
    this.countOf = (counter) => (count.get(counter) as number | undefined) ?? 0;
    this.record = () => record.all() as Recorded[];
  }

  apply({ command }: AppliedEntry<Addition>, db: Database): number {
    return add(command, db);
  }

  *snapshot(db: Database): Iterable<Page> {
    const select = db.prepare('SELECT * FROM additions WHERE number > ? ORDER BY number LIMIT ?');
    for (let last = 0; ;) {
      const page = select.all(last, ROWS_PER_PAGE) as Recorded[];
      if (page.length === 0) return;
      last = page.at(-1)?.number ?? 0;
      yield page.map(({ counter, key }) => ({ counter, key }));
    }
  }

  restore(pages: Iterable<Page>, db: Database): void {
    db.exec('DELETE FROM additions');
    db.exec('DELETE FROM counters');
    for (const page of pages) for (const addition of page as readonly Addition[]) add(addition, db);
  }
}

function add({ counter, key }: Addition, db: Database): number {
  db.prepare('INSERT INTO counters VALUES (?, 1) ON CONFLICT DO UPDATE SET count = count + 1').run(counter);
  return Number(db.prepare('INSERT INTO additions (counter, key) VALUES (?, ?)').run(counter, key).lastInsertRowid);
}
