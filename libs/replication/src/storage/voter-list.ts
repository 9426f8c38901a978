import type { Database } from 'better-sqlite3';
import { CorruptData } from '../errors.js';
import { checksum } from './checksum.js';
import { DataDirectoryError } from './data-directory.js';

interface Row {
  readonly ids: string;
  readonly checksum: number;
}

/**
 * Stores the ids of the group's voters, and refuses a different list once this member has entries. A majority of a new list could
 * consist of voters without entries that a majority of the old one has acknowledged: one of three that starts alone would
 * continue without the entries of the other two.
 */
export function holdToVoters(db: Database, file: string, voters: readonly number[], hasPast: boolean): void {
  db.exec(
    'CREATE TABLE IF NOT EXISTS member_list (only INTEGER PRIMARY KEY CHECK (only = 1), ids TEXT NOT NULL, checksum INTEGER NOT NULL)',
  );
  const ids = voters.toSorted((a, b) => a - b).join(', ');
  const found = db.prepare('SELECT ids, checksum FROM member_list').get() as Row | undefined;
  if (found && found.checksum !== checksum(found.ids))
    throw new CorruptData(file, 'the list of voters does not match its checksum');
  if (found?.ids === ids) return;
  if (found && hasPast) throw new DataDirectoryError(explain(file, found.ids, ids));
  db.prepare('INSERT OR REPLACE INTO member_list VALUES (1, ?, ?)').run(ids, checksum(ids));
}

function explain(file: string, old: string, now: string): string {
  return (
    `${file} is of a group with the voters ${old}, and the list names ${now}. With other voters, what a majority has ` +
    `acknowledged could be lost. Nothing was changed. Start with the voters ${old} (their addresses may change), or ` +
    'begin a new group: choose an empty data directory for each member.'
  );
}
