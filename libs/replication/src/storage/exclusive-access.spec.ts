import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Counter } from '../../testing/counter.js';
import type { WriteBatch } from '../ports.js';
import { SqliteStorage } from './sqlite-storage.js';

let directory: string;
let file: string;
let storage: SqliteStorage | undefined;
let warnings: string[];
const strangers: ChildProcess[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'access-'));
  file = join(directory, 'sum-1.db');
  warnings = [];
});

afterEach(async () => {
  await Promise.all(strangers.splice(0).map(end));
  storage?.close();
  rmSync(directory, { recursive: true });
});

function open(): SqliteStorage {
  const warn = (line: string): void => void warnings.push(line);
  const stateMachine = new Counter();
  storage = new SqliteStorage({
    ...{ directory, group: 'sum', id: 1, stateMachine, keepEntries: 10, voters: [1], warn },
  });
  return storage;
}

function entry(index: number): WriteBatch {
  return {
    ...{ hardState: null, mayVote: null, storePage: null, apply: [] },
    entries: [{ index, term: 1, data: '1' }],
  };
}

/** Starts another program that opens the database, runs a statement and keeps it open. Resolves to the result. */
async function stranger(statement: string): Promise<{ process: ChildProcess; outcome: string }> {
  const script =
    'const [file, statement] = process.argv.slice(1); const db = new (require("better-sqlite3"))(file, { timeout: 0 });' +
    'try { db.exec(statement); console.log("done"); } catch (error) { console.log(error.code); } setInterval(() => db, 1000);';
  const process_ = spawn(process.execPath, ['-e', script, file, statement], { stdio: ['ignore', 'pipe', 'inherit'] });
  strangers.push(process_);
  const [outcome] = (await once(process_.stdout, 'data')) as [Buffer];
  return { process: process_, outcome: outcome.toString().trim() };
}

async function end(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  process.kill('SIGKILL');
  await once(process, 'exit');
}

describe('the database of a live member', () => {
  it('is locked for every other program', async () => {
    await open().write(entry(1));
    expect((await stranger('BEGIN IMMEDIATE')).outcome).toBe('SQLITE_BUSY');
    expect((await stranger('SELECT * FROM log')).outcome).toBe('SQLITE_BUSY');
    await storage?.write(entry(2));
  });

  it('is written while an earlier reader has it open, and locked once the reader has ended', async () => {
    open().close();
    const reader = await stranger('BEGIN; SELECT * FROM log');
    await open().write(entry(1));
    await end(reader.process);
    await vi.waitFor(
      async () => {
        await storage?.write(entry(storage.lastIndex + 1));
        const { process: next, outcome } = await stranger('SELECT * FROM log');
        await end(next);
        expect(outcome).toBe('SQLITE_BUSY');
      },
      { timeout: 20_000 },
    );
    expect(warnings).toEqual([]);
  });

  it('is waited for, without blocking, if another program locks it during a snapshot, which is named', async () => {
    await open().write(entry(1));
    const snapshot = storage?.openSnapshot();
    const { process: other, outcome } = await stranger('BEGIN IMMEDIATE');
    expect(outcome).toBe('done');
    let isWritten = false;
    const written = storage?.write(entry(2)).then(() => (isWritten = true));
    await vi.waitFor(() => expect(warnings).toHaveLength(1));
    expect(isWritten).toBe(false);
    const holder = existsSync('/proc/locks') ? `process ${other.pid} (node)` : 'another process';
    expect(warnings[0]).toContain(`can't write: ${holder} has locked ${file}`);
    await end(other);
    await written;
    expect(storage?.lastIndex).toBe(2);
    snapshot?.close();
  });

  it('can be closed while a write waits', async () => {
    await open().write(entry(1));
    storage?.openSnapshot();
    await stranger('BEGIN IMMEDIATE');
    const written = storage?.write(entry(2));
    storage?.close();
    expect(await written).toEqual([]);
  });

  it('is refused at the start while another program has locked it, which is named', async () => {
    open().close();
    const { process: other } = await stranger('BEGIN EXCLUSIVE');
    const holder = existsSync('/proc/locks') ? `process ${other.pid} (node)` : 'another process';
    expect(open).toThrow(`is locked by ${holder}. Close it there, and start this member again`);
    await end(other);
    await open().write(entry(1));
  });
});

it('its write-ahead log is cut to the usual size after a long reader', async () => {
  const walSize = (): number => readFileSync(`${file}-wal`).length;
  await open().write(entry(1));
  const snapshot = storage?.openSnapshot();
  const data = JSON.stringify('x'.repeat(900_000));
  for (let index = 2; walSize() < 25_000_000; index += 1)
    await storage?.write({ ...entry(index), entries: [{ index, term: 1, data }] });
  snapshot?.close();
  await vi.waitFor(async () => {
    await storage?.write(entry(storage.lastIndex + 1));
    expect(walSize()).toBeLessThanOrEqual(17_000_000);
  });
});
