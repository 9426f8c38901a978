import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Entry } from '../core/messages.js';
import type { WriteBatch } from '../ports.js';
import { CorruptData } from '../errors.js';
import type { AppliedEntry, StateMachine } from '../state-machine.js';
import { DataDirectoryError } from './data-directory.js';
import { SqliteStorage } from './sqlite-storage.js';

/** Sums up its commands. Throws on a negative number, which no state machine should do. */
class Sum implements StateMachine<number, number> {
  prepare(db: Database): void {
    db.exec('CREATE TABLE IF NOT EXISTS sum (only INTEGER PRIMARY KEY, value INTEGER NOT NULL)');
    db.exec('INSERT OR IGNORE INTO sum VALUES (1, 0)');
  }

  apply({ command }: AppliedEntry<number>, db: Database): number {
    db.prepare('UPDATE sum SET value = value + ?').run(command);
    if (command < 0) throw new RangeError('negative');
    return this.value(db);
  }

  snapshot(db: Database): Iterable<number> {
    return [this.value(db)];
  }

  restore(pages: Iterable<number>, db: Database): void {
    for (const page of pages) db.prepare('UPDATE sum SET value = ?').run(page);
  }

  private value(db: Database): number {
    return db.prepare('SELECT value FROM sum').pluck().get() as number;
  }
}

const NOTHING: WriteBatch = { hardState: null, mayVote: null, entries: [], storePage: null, apply: [] };

function entry(index: number, term: number, data: string | null = String(index)): Entry {
  return { index, term, data };
}

function entries(from: number, to: number, term = 1): Entry[] {
  return Array.from({ length: to - from + 1 }, (_, i) => entry(from + i, term));
}

let directory: string;
const opened: SqliteStorage[] = [];

function open(options: { keepEntries?: number; voters?: readonly number[] } = {}): SqliteStorage {
  const storage = new SqliteStorage({
    directory,
    group: 'sum',
    id: 1,
    stateMachine: new Sum(),
    keepEntries: 1000,
    voters: [1],
    ...options,
  });
  opened.push(storage);
  return storage;
}

function close(storage: SqliteStorage): void {
  storage.close();
  opened.splice(opened.indexOf(storage), 1);
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'storage-'));
});

afterEach(() => {
  for (const storage of [...opened]) close(storage);
  rmSync(directory, { recursive: true });
});

describe('a write', () => {
  it('is all or nothing when the state machine throws', async () => {
    const storage = open();
    await expect(
      storage.write({ ...NOTHING, entries: [entry(1, 1, '-1')], apply: [entry(1, 1, '-1')] }),
    ).rejects.toThrow('negative');
    close(storage);
    expect(open().lastIndex).toBe(0);
  });
});

describe('a data directory', () => {
  it('is used by one process at a time', () => {
    open();
    expect(() => open()).toThrow(DataDirectoryError);
  });

  it('is not accepted by another member', () => {
    close(open());
    const other = { directory, group: 'sum', id: 2, stateMachine: new Sum(), keepEntries: 10, voters: [1] };
    expect(() => new SqliteStorage(other)).toThrow(DataDirectoryError);
  });
});

describe("another member's database", () => {
  const other = { group: 'sum', id: 2, stateMachine: new Sum(), keepEntries: 10, voters: [1, 2, 3] };

  it('is refused, even if it has more writes than our own', async () => {
    close(open());
    const elsewhere = mkdtempSync(join(tmpdir(), 'storage-'));
    const storage = new SqliteStorage({ ...other, directory: elsewhere });
    for (let i = 1; i <= 5; i += 1) await storage.write({ ...NOTHING, entries: entries(i, i) });
    storage.close();
    copyFileSync(join(elsewhere, 'sum-2.db'), join(directory, 'sum-1.db'));
    rmSync(elsewhere, { recursive: true });
    const bytes = readFileSync(join(directory, 'sum-1.db'));
    expect(() => open({ voters: [1, 2, 3] })).toThrow(/sum-1\.db is damaged: it belongs to sum-2, not to sum-1/);
    expect(readFileSync(join(directory, 'sum-1.db')).equals(bytes)).toBe(true);
  });
});

describe('a number that is not whole', () => {
  it.each([NaN, 0.5, 2 ** 53, 1e300])('is not written: %d', async (term) => {
    const storage = open();
    const hardState = { term, vote: null };
    await expect(storage.write({ ...NOTHING, hardState })).rejects.toThrow('whole numbers');
    await expect(storage.write({ ...NOTHING, entries: [entry(1, term)] })).rejects.toThrow('whole numbers');
  });
});

describe('a database that has changed', () => {
  const file = (): string => join(directory, 'sum-1.db');

  async function fill(): Promise<void> {
    const storage = open();
    for (let i = 1; i <= 40; i += 1) {
      await storage.write({
        ...NOTHING,
        entries: entries(i * 10 - 9, i * 10),
        apply: i > 1 ? entries(i * 10 - 19, i * 10 - 10) : [],
      });
    }
    close(storage);
  }

  it('is refused if it is missing, empty, or an older copy', async () => {
    await fill();
    copyFileSync(file(), join(directory, 'old'));
    const storage = open();
    await storage.write({ ...NOTHING, entries: entries(401, 401) });
    close(storage);
    copyFileSync(join(directory, 'old'), file());
    expect(() => open()).toThrow(CorruptData);
    writeFileSync(file(), '');
    expect(() => open()).toThrow(/sum-1\.db is damaged/);
    rmSync(file());
    expect(() => open()).toThrow(CorruptData);
  });

  it('lets a member of a larger group start without a vote', async () => {
    await fill();
    rmSync(file());
    const storage = open({ voters: [1, 2, 3] });
    expect([storage.mayVote, storage.lastIndex]).toEqual([false, 0]);
    close(storage);
    expect(open({ voters: [1, 2, 3] }).mayVote).toBe(false);
  });

  it('is refused if its write-ahead log is truncated or changed', async () => {
    const storage = open();
    for (let i = 1; i <= 20; i += 1) await storage.write({ ...NOTHING, entries: entries(i, i) });
    // As after kill -9: a copy taken while the database is open.
    const copy = mkdtempSync(join(tmpdir(), 'storage-'));
    for (const name of readdirSync(directory).filter((candidate) => candidate !== 'lock.db'))
      copyFileSync(join(directory, name), join(copy, name));
    close(storage);
    rmSync(directory, { recursive: true });
    directory = copy;
    const wal = `${file()}-wal`;
    const intact = readFileSync(wal);
    for (const change of [
      () => truncateSync(wal, intact.length - 100),
      () => truncateSync(wal, Math.floor(intact.length / 2)),
      () => writeFileSync(wal, flip(intact, intact.length - 50)),
      () => rmSync(wal),
    ]) {
      const saved = readFileSync(file());
      change();
      expect(() => open()).toThrow(CorruptData);
      writeFileSync(file(), saved);
      writeFileSync(wal, intact);
      if (existsSync(`${file()}-shm`)) rmSync(`${file()}-shm`);
    }
    expect(open().lastIndex).toBe(20);
  });

  it('is refused if it is truncated anywhere', async () => {
    await fill();
    const intact = readFileSync(file());
    for (let length = intact.length - 1; length > 0; length -= 1499) {
      writeFileSync(file(), intact.subarray(0, length));
      expect(() => open()).toThrow(CorruptData);
    }
  });

  it('never gives a wrong answer if one of its bytes changes', async () => {
    await fill();
    const intact = readFileSync(file());
    const expected = entries(1, 400);
    let refused = 0;
    for (let position = 0; position < intact.length; position += 97) {
      writeFileSync(file(), flip(intact, position));
      try {
        const storage = open();
        expect(storage.hardState).toEqual({ term: 0, vote: null });
        expect(storage.appliedIndex).toBe(390);
        expect(storage.entries(1, 400, 1_000_000)).toEqual(expected);
        close(storage);
      } catch (error) {
        expect(error).toBeInstanceOf(CorruptData);
        for (const storage of [...opened]) close(storage);
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(50);
  });
});

function flip(bytes: Buffer, position: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[position] = (changed[position] ?? 0) ^ 0x11;
  return changed;
}
