import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { CorruptData, DiskFailure } from '../errors.js';
import { guard } from './open-database.js';

function failWith(code: string): () => never {
  return () => {
    throw new Database.SqliteError('what SQLite says', code);
  };
}

describe('an error of SQLite', () => {
  it.each(['SQLITE_FULL', 'SQLITE_IOERR_FSYNC', 'SQLITE_READONLY_DIRECTORY', 'SQLITE_CANTOPEN'])(
    'becomes a disk failure, with the file and what to do: %s',
    (code) => {
      expect(() => guard('order-1.db', failWith(code))).toThrow(DiskFailure);
      expect(() => guard('order-1.db', failWith(code))).toThrow(
        /under order-1\.db: what SQLite says.*start this member/,
      );
    },
  );

  it('becomes corrupt data, if it is about the content', () => {
    expect(() => guard('order-1.db', failWith('SQLITE_CORRUPT'))).toThrow(CorruptData);
  });

  it('stays unchanged, if the machine is to blame', () => {
    expect(() => guard('order-1.db', failWith('SQLITE_BUSY'))).toThrow(Database.SqliteError);
  });
});
