import Database from 'better-sqlite3';
import type { SnapshotSource } from '../ports.js';
import type { StateMachine } from '../state-machine.js';
import { guard } from './open-database.js';

/**
 * Reads a snapshot on a connection of its own, which sees one moment in time while the member goes on writing. Pages
 * are read one at a time, when they are asked for.
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

/** Encodes pages as text and marks the last. There is always one: an empty text for an empty state. */
export function* encodedPages(pages: Iterable<unknown>): Generator<{ data: string; done: boolean }> {
  let previous: string | undefined;
  for (const page of pages) {
    if (previous !== undefined) yield { data: previous, done: false };
    previous = JSON.stringify(page);
  }
  yield { data: previous ?? '', done: true };
}
