import { closeSync, fdatasyncSync, openSync } from 'node:fs';
import type { Database, Statement } from 'better-sqlite3';

/**
 * The single transaction of a database, which may stay open over several changes. Its commit decides whether it is synced.
 * SQLite's setting can't be changed within a transaction, so the write-ahead log is synced here.
 */
export class Transaction {
  private readonly statements: Record<'begin' | 'commit' | 'rollback', Statement>;
  private readonly walFd: number;

  /** @param db a database in WAL mode that is not empty */
  constructor(private readonly db: Database) {
    this.walFd = openSync(`${db.name}-wal`, 'r');
    this.db.pragma('synchronous = NORMAL');
    this.statements = {
      begin: db.prepare('BEGIN IMMEDIATE'),
      commit: db.prepare('COMMIT'),
      rollback: db.prepare('ROLLBACK'),
    };
  }

  get isOpen(): boolean {
    return this.db.inTransaction;
  }

  /** Changes the database, in the open transaction or in a new one. */
  change<T>(act: () => T): T {
    if (!this.isOpen) this.statements.begin.run();
    return this.orRollBack(act);
  }

  commit(): void {
    this.orRollBack(() => this.statements.commit.run());
  }

  /** Syncs the write-ahead log, so that all commits survive a power failure. */
  sync(): void {
    fdatasyncSync(this.walFd);
  }

  close(): void {
    closeSync(this.walFd);
  }

  /** Rolls back if the change throws: a part of it must not be committed later. */
  private orRollBack<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      if (this.isOpen) this.statements.rollback.run();
      throw error;
    }
  }
}
