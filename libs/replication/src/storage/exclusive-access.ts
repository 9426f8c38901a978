import { setTimeout } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { holderOf } from './lock-holder.js';

/** Interval between two attempts of a write that a lock is in the way of, in milliseconds. */
const RETRY_MS = 20;
/** How long to go on without the exclusive lock before trying to get it again, in milliseconds. */
const REGAIN_MS = 1000;

/**
 * Keeps other programs out of a member's database by SQLite's exclusive lock: a shell with an open transaction would
 * otherwise stop this member from writing. The lock is given up only while a snapshot is read, because its reader is a
 * connection of its own. A program that gets in then, or was in before this member started, is waited for without blocking the
 * event loop.
 */
export class ExclusiveAccess {
  private readers = 0;
  private isExclusive = false;
  private regainAt = 0;
  private isHeldUp = false;

  /** @param warn called with the holder of a lock, once each time that one is in the way */
  constructor(
    private readonly db: Database.Database,
    private readonly warn: (line: string) => void,
  ) {}

  /** Takes the lock at once. If another program holds one, the first write waits for it. */
  claim(): void {
    this.tighten();
    try {
      this.db.exec('BEGIN IMMEDIATE; COMMIT');
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (this.db.inTransaction) this.db.exec('ROLLBACK');
      this.relax();
    }
  }

  /** Lets other connections in until the function that it returns is called. */
  share(): () => void {
    this.readers += 1;
    this.relax();
    // The lock goes with the end of the next transaction.
    this.db.prepare('SELECT 1 FROM sqlite_schema').get();
    return () => {
      this.readers -= 1;
    };
  }

  /**
   * Runs a change in the transaction that is open, or in one that it begins with BEGIN IMMEDIATE, at once if no lock is in its
   * way. Only the beginning can meet a lock. Resolves to undefined when the database was closed while it waited.
   */
  async write<T>(change: () => T): Promise<T | undefined> {
    while (this.db.open) {
      if (!this.db.inTransaction && !this.isExclusive && this.readers === 0 && performance.now() >= this.regainAt)
        this.tighten();
      try {
        const result = change();
        this.isHeldUp = false;
        return result;
      } catch (error) {
        if (!isBusy(error)) throw error;
      }
      if (this.isExclusive) {
        // The other program may only be reading, which is no reason to wait.
        this.relax();
        continue;
      }
      if (!this.isHeldUp)
        this.warn(`can't write: ${holderOf(this.db.name)} has locked ${this.db.name}; end it or its transaction`);
      this.isHeldUp = true;
      await setTimeout(RETRY_MS);
    }
    return undefined;
  }

  /** The lock itself is taken by the next transaction that writes. */
  private tighten(): void {
    this.db.pragma('locking_mode = EXCLUSIVE');
    this.isExclusive = true;
  }

  private relax(): void {
    this.db.pragma('locking_mode = NORMAL');
    this.isExclusive = false;
    this.regainAt = performance.now() + REGAIN_MS;
  }
}

/** Whether another connection's lock is in the way. */
export function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}
