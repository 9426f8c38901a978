import Database from 'better-sqlite3';
import { CorruptData } from '../errors.js';

/** SQLite's words for a file that is not, or no longer, a sound database. */
const DAMAGED = /^SQLITE_(CORRUPT|NOTADB|CANTOPEN_ISDIR)/;

/**
 * Opens a member's database and proves that it is sound: every page is read, every index compared with its table.
 * SQLite keeps no checksum over its pages; rows that matter carry their own.
 */
export function openDatabase(file: string): Database.Database {
  return guard(file, () => {
    const db = new Database(file);
    try {
      db.pragma('journal_mode = WAL');
      db.pragma('synchronous = FULL');
      db.pragma('cell_size_check = ON');
      const problems = db.pragma('integrity_check(1)') as { integrity_check: string }[];
      const first = problems[0]?.integrity_check;
      if (first !== 'ok') throw new CorruptData(file, first ?? 'the integrity check gave no answer');
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** Runs an access to the database; what SQLite reports as damage becomes `CorruptData`. */
export function guard<T>(file: string, access: () => T): T {
  try {
    return access();
  } catch (error) {
    if (error instanceof Database.SqliteError && DAMAGED.test(error.code)) throw new CorruptData(file, error.message);
    throw error;
  }
}
