import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WriteBatch } from '../ports.js';
import { Counter } from '../../testing/counter.js';
import { SqliteStorage } from './sqlite-storage.js';

function batch(from: number, to: number): WriteBatch {
  const entries = Array.from({ length: to - from + 1 }, (_, i) => ({ index: from + i, term: 1, data: '{"add":1}' }));
  return { hardState: { term: 1, vote: null }, mayVote: null, entries, storePage: null, apply: [] };
}

describe("a learner's storage", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'storage-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function open(): SqliteStorage {
    const options = { directory, group: 'sum', id: 4, stateMachine: new Counter(), keepEntries: 1000 };
    return new SqliteStorage({ ...options, voters: [1, 2, 3], isLearner: true });
  }

  it('accepts the loss of its latest writes in a power failure, and continues from there', async () => {
    const file = join(directory, 'sum-4.db');
    let storage = open();
    await storage.write(batch(1, 5));
    storage.close();
    copyFileSync(file, join(directory, 'old'));
    storage = open();
    await storage.write(batch(6, 9));
    storage.close();
    copyFileSync(join(directory, 'old'), file);
    storage = open();
    expect([storage.mayVote, storage.lastIndex]).toEqual([true, 5]);
    await storage.write(batch(6, 7));
    expect(storage.lastIndex).toBe(7);
    storage.close();
    rmSync(file);
    storage = open();
    expect([storage.mayVote, storage.lastIndex]).toEqual([true, 0]);
    storage.close();
  });
});
