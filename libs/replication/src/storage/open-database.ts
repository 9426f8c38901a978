import { closeSync, openSync, readSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { CorruptData, DiskFailure, isSystemError, NativeModuleError } from '../errors.js';

const HEADER_LENGTH = 100;
/**
 * Number of pages in the write-ahead log before a checkpoint, 16 MB: four times SQLite's default. Most writes change the same few
 * pages, and only a checkpoint copies them, so fewer checkpoints mean more throughput. Reading such a log after a crash takes up
 * to 60 ms.
 */
const PAGES_BETWEEN_CHECKPOINTS = 4000;
/** Page size in bytes; SQLite's default. Limits the write-ahead log's size after a long transaction or reader. */
const PAGE_SIZE = 4096;
/** Codes for a disk that is full, can't be written to, or failed to read, write or sync. */
const DISK_FAILURE = /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|PERM|NOLFS)/;
/** Codes for failures of the machine. Our statements are fixed, so any other code means damage in the file. */
const NOT_DAMAGE = /^SQLITE_(BUSY|LOCKED|NOMEM|AUTH)/;

/**
 * Opens a member's database and checks its integrity: reads every page and compares every index with its table.
 * SQLite has no checksums over its pages; important rows carry their own.
 */
export function openDatabase(file: string): Database.Database {
  return guard(file, () => {
    checkLength(file);
    // exclusive-access.ts waits for locks of other processes: SQLite would block the event loop.
    const db = new Database(file, { timeout: 0 });
    try {
      db.pragma('journal_mode = WAL');
      db.pragma('synchronous = FULL');
      db.pragma(`wal_autocheckpoint = ${PAGES_BETWEEN_CHECKPOINTS}`);
      db.pragma(`journal_size_limit = ${PAGES_BETWEEN_CHECKPOINTS * PAGE_SIZE}`);
      db.pragma('cell_size_check = ON');
      const problems = db.pragma('integrity_check(1)') as { integrity_check: string }[];
      const first = problems[0]?.integrity_check;
      if (first !== 'ok') throw new CorruptData(file, first ?? 'the integrity check gave no answer');
      makeDurable(db);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/**
 * Writes everything that was found to the disk again. An earlier process may have died between a commit and its sync, or because
 * the sync failed. The kernel then still shows data that the disk may lack, and a later sync would not write them. So the
 * write-ahead log is copied into the database, synced, and reset. Throws SQLite's `SQLITE_BUSY` if another program reads.
 */
function makeDurable(db: Database.Database): void {
  const [{ busy } = { busy: 1 }] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
  if (busy !== 0) throw new Database.SqliteError('another program reads the database', 'SQLITE_BUSY');
}

/**
 * Throws `CorruptData` for a truncated file. SQLite may not notice, because it reads the missing part as zeros. The header has the
 * right length; only while a write-ahead log is being copied into the file may the file be shorter.
 */
function checkLength(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const walSize = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0 || walSize > 0) return;
  const header = Buffer.alloc(HEADER_LENGTH);
  const fd = openSync(file, 'r');
  try {
    readSync(fd, header, 0, HEADER_LENGTH, 0);
  } finally {
    closeSync(fd);
  }
  // https://www.sqlite.org/fileformat.html#the_database_header: a page size of 1 stands for 65 536.
  const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  const expected = pageSize * header.readUInt32BE(28);
  if (size !== expected) throw new CorruptData(file, `it has ${size} bytes and should have ${expected}`);
}

/**
 * Runs an access to the database or the files beside it. Converts errors of SQLite to `CorruptData` or `DiskFailure` if they mean
 * that, and errors of the system to `DiskFailure`. A native driver that can't be loaded fails at the first access.
 */
export function guard<T>(file: string, access: () => T): T {
  try {
    return access();
  } catch (error) {
    if (NativeModuleError.isCauseOf(error)) throw new NativeModuleError(error);
    if (isSystemError(error)) throw new DiskFailure(error.path ?? file, error.message);
    if (!(error instanceof Database.SqliteError)) throw error;
    if (DISK_FAILURE.test(error.code)) throw new DiskFailure(file, `${error.message} (${error.code})`);
    if (!NOT_DAMAGE.test(error.code)) throw new CorruptData(file, error.message);
    throw error;
  }
}
