import { closeSync, fdatasyncSync, openSync } from 'node:fs';
import type { Database, Statement } from 'better-sqlite3';

/**
 * The one transaction of a database, which may stay open over several changes. Whether it is synced is decided at its commit:
 * SQLite's own setting can't be changed within a transaction, so the write-ahead log is synced here.
 */
export class Transaction {
  private readonly statements: Record<'begin' | 'commit' | 'rollback', Statement>;
  private readonly walFd: number;

  /** @param db in WAL mode, and not empty */
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

  /** Changes the database, in the transaction that is open or in a new one. */
  change<T>(act: () => T): T {
    if (!this.isOpen) this.statements.begin.run();
    return this.orRollBack(act);
  }

  commit(): void {
    this.orRollBack(() => this.statements.commit.run());
  }

  /** Everything that was committed survives a power failure from now on. */
  sync(): void {
    fdatasyncSync(this.walFd);
  }

  close(): void {
    closeSync(this.walFd);
  }

  /** Rolls back if the change throws: half of it must not be committed later. */
  private orRollBack<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      if (this.isOpen) this.statements.rollback.run();
      throw error;
    }
  }
}
