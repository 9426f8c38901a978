import {
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
  fsyncSync,
  closeSync,
  writeSync,
  readSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { checksum } from './checksum.js';
import { isBusy } from './exclusive-access.js';
import { holderOf } from './lock-holder.js';
import { guard } from './open-database.js';

/** The directory can't be used: it belongs to another member, or another process has it open. */
export class DataDirectoryError extends Error {
  readonly exitCode = 2;
}

interface Identity {
  readonly format: 2;
  readonly group: string;
  readonly id: number;
  /** Id of the group that this member was created in or has joined; null before that. */
  readonly groupId: string | null;
}

/**
 * A member's directory. It records which member it belongs to, locks out other processes, and holds a mark with the number of
 * durable writes, which reveals a database that has lost its end or was replaced by an older copy.
 */
export class DataDirectory {
  readonly databaseFile: string;
  /** Whether this member was initialised here before. */
  readonly isInitialised: boolean;
  private identity: Identity;
  private readonly lock: Database.Database;
  private readonly markFd: number;

  constructor(
    readonly path: string,
    group: string,
    id: number,
  ) {
    this.databaseFile = join(path, `${group}-${id}.db`);
    this.identity = { format: 2, group, id, groupId: null };
    guard(path, () => createDirectory(path));
    this.lock = takeLock(path);
    try {
      const found = guard(path, () => readIdentity(path, this.identity));
      this.isInitialised = found !== undefined;
      this.identity = found ?? this.identity;
      this.markFd = guard(path, () => openMark(join(path, 'durable.mark')));
    } catch (error) {
      this.lock.close();
      throw error;
    }
  }

  /** Must be called once the database is durable: from then on a missing database is lost, not new. */
  markInitialised(): void {
    if (!this.isInitialised) this.writeIdentity();
  }

  /** The group that this directory's data belong to; null without data. */
  get groupId(): string | null {
    return this.identity.groupId;
  }

  /** Binds this directory to a group, even if the database gets lost later. Throws if it belongs to another group. */
  noteGroup(groupId: string): void {
    if (this.groupId === groupId) return;
    if (this.groupId !== null)
      throw new DataDirectoryError(
        `the data directory ${this.path} belongs to group ${this.groupId} (identity.json), and the database in it to group ${groupId}. ` +
          'Nothing was changed. Bring back the database that belongs here, or choose another DATA_DIR.',
      );
    this.identity = { ...this.identity, groupId };
    this.writeIdentity();
  }

  private writeIdentity(): void {
    const text = `${JSON.stringify(this.identity)}\n`;
    guard(this.path, () => writeDurably(join(this.path, IDENTITY_FILE), text));
  }

  /** Returns the number of the last recorded durable write; 0 if none was. */
  readMark(): number {
    const bytes = Buffer.alloc(MARK_LENGTH);
    readSync(this.markFd, bytes, 0, MARK_LENGTH, 0);
    const [writes, sum] = bytes.toString('latin1').trim().split(' ');
    return writes !== undefined && Number(sum) === checksum(writes) ? Number(writes) : 0;
  }

  /**
   * Records that write number `writes` is durable. Not synced: after a power failure the mark may be old, but it is never
   * ahead of the database, so it causes no false alarm.
   */
  writeMark(writes: number): void {
    writeSync(this.markFd, `${writes} ${checksum(String(writes))}`.padEnd(MARK_LENGTH), 0, 'latin1');
  }

  close(): void {
    closeSync(this.markFd);
    this.lock.close();
  }
}

const IDENTITY_FILE = 'identity.json';
const MARK_LENGTH = 32;

/** Takes a file lock, which the system releases however the process ends. */
function takeLock(path: string): Database.Database {
  const file = join(path, 'lock.db');
  const lock = guard(file, () => new Database(file, { timeout: 0 }));
  try {
    guard(file, () => lock.exec('BEGIN EXCLUSIVE'));
    return lock;
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw error;
    throw new DataDirectoryError(
      `the data directory ${path} is in use by ${holderOf(file)}. Stop that one, or choose another DATA_DIR.`,
    );
  }
}

/** Like `mkdirSync` with `recursive`, which on Node 20 never returns if nothing can be created (below /proc). */
function createDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  if (!existsSync(dirname(path))) createDirectory(dirname(path));
  mkdirSync(path);
}

/** Opens the mark, which is written in place: within one sector, never moved. */
function openMark(file: string): number {
  return openSync(file, existsSync(file) ? 'r+' : 'w+');
}

/** Reads the identity; undefined for a new directory. Throws if it is not this member's. */
function readIdentity(path: string, expected: Identity): Identity | undefined {
  const file = join(path, IDENTITY_FILE);
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8').trim();
  const found = parseIdentity(text);
  if (found.format === expected.format && found.group === expected.group && found.id === expected.id)
    return { ...expected, groupId: typeof found.groupId === 'string' ? found.groupId : null };
  const { format, group, id } = expected;
  throw new DataDirectoryError(
    `the data directory ${path} belongs to ${text}, not to ${JSON.stringify({ format, group, id })}. Choose another DATA_DIR.`,
  );
}

function parseIdentity(text: string): Partial<Record<keyof Identity, unknown>> {
  try {
    return (JSON.parse(text) ?? {}) as Partial<Record<keyof Identity, unknown>>;
  } catch {
    return {};
  }
}

function writeDurably(file: string, text: string): void {
  const temporary = `${file}.new`;
  writeFileSync(temporary, text, { flush: true });
  renameSync(temporary, file);
  const directory = openSync(join(file, '..'), 'r');
  fsyncSync(directory);
  closeSync(directory);
}
