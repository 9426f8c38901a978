import { setTimeout } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { holderOf } from './lock-holder.js';

/** Interval between attempts of a write that is blocked by a lock, in milliseconds. */
const RETRY_MS = 20;
/** How long to work without the exclusive lock before trying to take it again, in milliseconds. */
const REGAIN_MS = 1000;

/**
 * Locks other programs out of a member's database with SQLite's exclusive lock. Otherwise a shell with an open transaction
 * would keep this member from writing. The lock is released only while a snapshot is read, because its reader is a separate
 * connection. If a program gets in then, or had the database open before this member started, writes wait for it without
 * blocking the event loop.
 */
export class ExclusiveAccess {
  private readers = 0;
  private isExclusive = false;
  private regainAt = 0;
  private isHeldUp = false;

  /** @param warn called once for each lock that blocks a write, with its holder */
  constructor(
    private readonly db: Database.Database,
    private readonly warn: (line: string) => void,
  ) {}

  /** Takes the lock at once. If another program holds a lock, the first write waits for it. */
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

  /** Admits other connections until the returned function is called. */
  share(): () => void {
    this.readers += 1;
    this.relax();
    // The lock is released at the end of the next transaction.
    this.db.prepare('SELECT 1 FROM sqlite_schema').get();
    return () => {
      this.readers -= 1;
    };
  }

  /**
   * Runs a change in the open transaction, or in one that it begins with BEGIN IMMEDIATE; at once unless a lock blocks it. Only
   * BEGIN can be blocked. Resolves to undefined if the database was closed meanwhile.
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
        // The other program may only be reading, which need not block a write.
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

  /** Asks for the exclusive lock, which the next write transaction takes. */
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

/** Reports whether an error means that another connection's lock is in the way. */
export function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}
