import { cpSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { entries, entry, NOTHING } from '../../testing/contracts/storage.contract.js';
import { Counter } from '../../testing/counter.js';
import { SqliteStorage } from './sqlite-storage.js';

let directory: string;
let storage: SqliteStorage;

function open(where = directory): SqliteStorage {
  const owner = { directory: where, group: 'sum', id: 1, voters: [1] };
  return new SqliteStorage({ ...owner, stateMachine: new Counter(), keepEntries: 1000 });
}

function walSize(where = directory): number {
  return statSync(join(where, 'sum-1.db-wal')).size;
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'storage-'));
  storage = open();
  await storage.write({ ...NOTHING, entries: entries(1, 3) });
});
afterEach(() => {
  storage.close();
  rmSync(directory, { recursive: true });
});

describe('an applied entry without a promise', () => {
  it.each<[string, () => unknown]>([
    ['the next promise', () => storage.write({ ...NOTHING, hardState: { term: 2, vote: 1 } })],
    ['a flush', () => storage.flush()],
    ['a snapshot', () => storage.openSnapshot().close()],
  ])('is written to disk by %s, and not before', async (_, act) => {
    const before = walSize();
    expect(await storage.write({ ...NOTHING, apply: entries(1, 2) })).toEqual([1, 3]);
    expect(walSize()).toBe(before);
    await act();
    expect(walSize()).toBeGreaterThan(before);
  });

  it('is in a snapshot', async () => {
    await storage.write({ ...NOTHING, apply: entries(1, 2) });
    const snapshot = storage.openSnapshot();
    expect([snapshot.lastIndex, snapshot.pages.next().value]).toEqual([2, { data: '3', done: true }]);
    snapshot.close();
  });

  it('is rolled back with a later failure, and not committed at the end', async () => {
    await storage.write({ ...NOTHING, apply: entries(1, 2) });
    await expect(storage.write({ ...NOTHING, apply: [{ ...entry(3), data: 'null' }] })).rejects.toThrow();
    storage.close();
    storage = open();
    expect([storage.lastIndex, storage.appliedIndex]).toEqual([3, 0]);
  });
});

it('the write-ahead log of an earlier process is on the disk before a new process relies on it', () => {
  const left = mkdtempSync(join(tmpdir(), 'storage-'));
  cpSync(directory, left, { recursive: true });
  expect(walSize(left)).toBeGreaterThan(0);
  const restarted = open(left);
  expect([restarted.lastIndex, walSize(left)]).toEqual([3, 0]);
  restarted.close();
  rmSync(left, { recursive: true });
});
