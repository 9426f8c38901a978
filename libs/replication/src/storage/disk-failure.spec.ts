import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Counter } from '../../testing/counter.js';
import { DiskFailure } from '../errors.js';
import { DataDirectoryError } from './data-directory.js';
import { SqliteStorage } from './sqlite-storage.js';

let parent: string;
let directory: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'storage-'));
  directory = join(parent, 'data');
});
afterEach(() => rmSync(parent, { recursive: true }));

function open(path = directory): SqliteStorage {
  return new SqliteStorage({
    ...{ directory: path, group: 'sum', id: 1, stateMachine: new Counter(), keepEntries: 10, voters: [1] },
  });
}

function failureOf(start: () => unknown): unknown {
  try {
    start();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('a start without the files that it needs', () => {
  it.each(['sum-1.db', 'durable.mark', 'lock.db', 'identity.json'])('names the one that is a directory: %s', (name) => {
    mkdirSync(join(directory, name), { recursive: true });
    const failure = failureOf(open);
    expect(failure).toBeInstanceOf(DiskFailure);
    expect(failure).toMatchObject({ exitCode: 1, message: expect.stringContaining(directory) as string });
    rmSync(join(directory, name), { recursive: true });
    // The failed attempt holds no lock.
    open().close();
  });

  it('reports that the data directory is a file, or below one', () => {
    writeFileSync(directory, '');
    expect(failureOf(open)).toMatchObject({
      name: 'DiskFailure',
      message: expect.stringContaining('EEXIST') as string,
    });
    expect(failureOf(() => open(join(directory, 'below')))).toMatchObject({ name: 'DiskFailure' });
  });

  it.skipIf(process.getuid?.() === 0)('reports missing write permission', () => {
    mkdirSync(directory);
    chmodSync(directory, 0o500);
    expect(failureOf(open)).toBeInstanceOf(DiskFailure);
  });

  it('mentions another process only if there is one', () => {
    const storage = open();
    expect(failureOf(open)).toBeInstanceOf(DataDirectoryError);
    storage.close();
  });
});
