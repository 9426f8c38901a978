import Database from 'better-sqlite3';
import type { SnapshotSource } from '../ports.js';
import type { StateMachine } from '../state-machine.js';
import { guard } from './open-database.js';

/**
 * Reads a snapshot on a separate connection, which sees the state at one moment while the member continues to write. Pages are
 * read one at a time, on demand.
 */
export function openSnapshot(file: string, stateMachine: StateMachine<unknown, unknown>): SnapshotSource {
  return guard(file, () => {
    const db = new Database(file, { readonly: true });
    db.exec('BEGIN');
    const { lastIndex, lastTerm } = db
      .prepare(
        'SELECT applied_index AS lastIndex, coalesce((SELECT term FROM log WHERE idx = applied_index), edge_term) AS lastTerm FROM member',
      )
      .get() as { lastIndex: number; lastTerm: number };
    const pages = encodedPages(stateMachine.snapshot(db));
    return { lastIndex, lastTerm, pages: { next: () => guard(file, () => pages.next()) }, close: () => db.close() };
  });
}

/** Encodes pages as text and marks the last one. An empty state has one page with an empty text. */
export function* encodedPages(pages: Iterable<unknown>): Generator<{ data: string; done: boolean }> {
  let previous: string | undefined;
  for (const page of pages) {
    if (previous !== undefined) yield { data: previous, done: false };
    previous = JSON.stringify(page);
  }
  yield { data: previous ?? '', done: true };
}
