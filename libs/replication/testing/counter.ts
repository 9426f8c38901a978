import type { Database } from 'better-sqlite3';
import type { AppliedEntry, Page, StateMachine } from '../src/state-machine.js';

/** A minimal state machine: adds numbers and returns the sum. */
export class Counter implements StateMachine<{ readonly add: number }, number> {
  prepare(db: Database): void {
    db.exec('CREATE TABLE IF NOT EXISTS counter (only INTEGER PRIMARY KEY, sum INTEGER NOT NULL)');
    db.exec('INSERT OR IGNORE INTO counter VALUES (1, 0)');
  }

  apply({ command }: AppliedEntry<{ readonly add: number }>, db: Database): number {
    return db.prepare('UPDATE counter SET sum = sum + ? RETURNING sum').pluck().get(command.add) as number;
  }

  *snapshot(db: Database): Iterable<Page> {
    yield Counter.sum(db);
  }

  restore(pages: Iterable<Page>, db: Database): void {
    for (const sum of pages) db.prepare('UPDATE counter SET sum = ?').run(sum);
  }

  static sum(db: Database): number {
    return db.prepare('SELECT sum FROM counter').pluck().get() as number;
  }
}
