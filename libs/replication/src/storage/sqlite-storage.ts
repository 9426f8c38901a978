import type { Database } from 'better-sqlite3';
import { groupBornWith } from '../core/birth.js';
import type { Entry } from '../core/messages.js';
import type { HardState, PageToStore } from '../core/ready.js';
import { carriesPromise, type SnapshotSource, type Storage, type WriteBatch } from '../ports.js';
import { CorruptData, DiskFailure } from '../errors.js';
import type { StateMachine } from '../state-machine.js';
import { DataDirectory, DataDirectoryError } from './data-directory.js';
import { ExclusiveAccess, isBusy } from './exclusive-access.js';
import { holderOf } from './lock-holder.js';
import { LogTable } from './log-table.js';
import { holdToVoters } from './voter-list.js';
import { MemberTable } from './member-table.js';
import { guard, openDatabase } from './open-database.js';
import { openSnapshot } from './snapshot-reader.js';
import { SnapshotStaging } from './snapshot-staging.js';
import { Transaction } from './transaction.js';

/** Maximum number of old entries deleted by one write, to keep writes short. */
const FORGET_AT_ONCE = 2000;

export interface SqliteStorageOptions {
  readonly directory: string;
  readonly group: string;
  readonly id: number;
  readonly stateMachine: StateMachine<unknown, unknown>;
  /** Ids of all voters of the group, including this member unless it is a learner. */
  readonly voters: readonly number[];
  /** Whether it is a learner. A learner promises nothing: its writes are not synced, and lost ones are sent again. @default false */
  readonly isLearner?: boolean;
  /** Number of applied entries kept in the log for members that lag. */
  readonly keepEntries: number;
  /** Called with warnings for the operator. @default does nothing */
  readonly warn?: (line: string) => void;
}

/**
 * Stores log, hard state and the state machine's tables in one SQLite file, so that one transaction updates all of them and a
 * crash leaves them consistent. A write that carries a promise is committed and synced. A write that only applies committed
 * entries is neither, because the log can repeat it: its transaction stays open for the next write, or until `flush`.
 */
export class SqliteStorage implements Storage {
  private readonly directory: DataDirectory;
  private readonly db: Database;
  private readonly member: MemberTable;
  private readonly log: LogTable;
  private readonly staging: SnapshotStaging;
  private readonly access: ExclusiveAccess;
  private readonly transaction: Transaction;

  constructor(private readonly options: SqliteStorageOptions) {
    this.directory = new DataDirectory(options.directory, options.group, options.id);
    try {
      this.db = openDatabase(this.directory.databaseFile);
    } catch (error) {
      this.directory.close();
      throw this.failureToOpen(error);
    }
    try {
      const tables = guard(this.directory.databaseFile, () => this.openTables(this.directory.databaseFile));
      this.member = tables.member;
      this.log = tables.log;
      this.staging = tables.staging;
      this.directory.markInitialised();
      this.access = new ExclusiveAccess(this.db, options.warn ?? (() => undefined));
      guard(this.directory.databaseFile, () => this.access.claim());
      this.transaction = guard(this.directory.databaseFile, () => new Transaction(this.db));
    } catch (error) {
      this.closeFiles();
      throw this.failureToOpen(error);
    }
  }

  get firstIndex(): number {
    return this.log.firstIndex;
  }

  get lastIndex(): number {
    return this.log.lastIndex;
  }

  get hardState(): HardState {
    const { term, vote } = this.member.current;
    return { term, vote };
  }

  get mayVote(): boolean {
    return this.member.current.mayVote;
  }

  get groupId(): string | null {
    return this.member.current.groupId ?? this.directory.groupId;
  }

  get appliedIndex(): number {
    return this.member.current.appliedIndex;
  }

  termAt(index: number): number | undefined {
    return this.log.termAt(index);
  }

  entries(from: number, to: number, maxBytes: number): readonly Entry[] {
    return guard(this.directory.databaseFile, () => this.log.entries(from, to, maxBytes));
  }

  async write(batch: WriteBatch): Promise<readonly unknown[]> {
    const write = (): unknown[] => guard(this.directory.databaseFile, () => this.writeNow(batch));
    return (await this.access.write(write)) ?? [];
  }

  flush(): void {
    if (!this.transaction.isOpen) return;
    guard(this.directory.databaseFile, () => {
      this.transaction.commit();
      this.noteGroup(this.member);
    });
  }

  openSnapshot(): SnapshotSource {
    this.flush();
    const unshare = this.access.share();
    try {
      const source = openSnapshot(this.directory.databaseFile, this.options.stateMachine);
      const close = (): void => {
        source.close();
        unshare();
      };
      return { ...source, close };
    } catch (error) {
      unshare();
      throw error;
    }
  }

  close(): void {
    // Don't close a descriptor twice: it may belong to another file by then.
    if (!this.db.open) return;
    try {
      this.flush();
    } catch (error) {
      // The log can repeat the effects that are lost here.
      if (!(error instanceof DiskFailure)) throw error;
      this.options.warn?.(error.message);
    } finally {
      this.transaction.close();
      this.closeFiles();
    }
  }

  private closeFiles(): void {
    this.db.close();
    this.directory.close();
  }

  private failureToOpen(error: unknown): unknown {
    if (!isBusy(error)) return error;
    const { databaseFile } = this.directory;
    return new DataDirectoryError(
      `the database ${databaseFile} is locked by ${holderOf(databaseFile)}. Close it there, and start this member again.`,
    );
  }

  private openTables(file: string): { member: MemberTable; log: LogTable; staging: SnapshotStaging } {
    const member = new MemberTable(this.db, file, this.options);
    // Before anything is written: a database of another group must not be repaired.
    this.noteGroup(member);
    const forgotten = this.whatIsMissing(member.current.writes);
    if (forgotten !== null) this.admitAmnesia(member, file, forgotten);
    // From now on, a count of zero writes means that the database was lost.
    if (member.current.writes === 0) member.save({ writes: 1 });
    const { edgeIndex, edgeTerm } = member.current;
    const log = new LogTable(this.db, file);
    log.load(edgeIndex, edgeTerm);
    holdToVoters(this.db, file, this.options.voters, log.lastIndex > 0);
    this.options.stateMachine.prepare(this.db);
    return { member, log, staging: new SnapshotStaging(this.db) };
  }

  /** Returns why this database can't be complete; null if nothing is missing. */
  private whatIsMissing(writes: number): string | null {
    if (this.options.isLearner === true) return null;
    const noted = this.directory.readMark();
    if (this.directory.isInitialised && writes === 0) return 'it is empty, but this member was in use before';
    if (writes >= noted) return null;
    return `it has seen ${writes} durable writes, but this member had made ${noted}: its end is lost, or it is an older copy`;
  }

  /** Starts with amnesia: the others have the lost data, and it must not vote before it has them. Throws in a group of one. */
  private admitAmnesia(member: MemberTable, file: string, forgotten: string): void {
    if (this.options.voters.length === 1) throw new CorruptData(file, forgotten);
    member.save({ mayVote: false, writes: Math.max(member.current.writes, this.directory.readMark()) });
  }

  private writeNow(batch: WriteBatch): unknown[] {
    const results = this.transaction.change(() => this.writeAll(batch));
    if (carriesPromise(batch) && this.options.isLearner !== true) {
      this.transaction.commit();
      this.transaction.sync();
      this.noteGroup(this.member);
      this.directory.writeMark(this.member.current.writes);
    }
    return results;
  }

  /** Records the group's id only if it is in the database: an id in identity.json must be one that a majority has. */
  private noteGroup({ current: { groupId } }: MemberTable): void {
    if (groupId !== null) this.directory.noteGroup(groupId);
  }

  private writeAll(batch: WriteBatch): unknown[] {
    if (batch.storePage) this.storePage(batch.storePage, batch.joins ?? null);
    this.log.append(batch.entries);
    const results = batch.apply.map((entry, i) => this.applyOne(entry, this.appliedIndex + 1 + i));
    const appliedIndex = this.appliedIndex + results.length;
    const edge = this.log.forget(appliedIndex - this.options.keepEntries, FORGET_AT_ONCE);
    this.member.save({
      ...batch.hardState,
      ...(batch.mayVote !== null && { mayVote: batch.mayVote }),
      ...(edge && { edgeIndex: edge.index, edgeTerm: edge.term }),
      appliedIndex,
      writes: this.member.current.writes + (carriesPromise(batch) ? 1 : 0),
    });
    return results;
  }

  private applyOne(entry: Entry, expectedIndex: number): unknown {
    const { index, term, data } = entry;
    if (index !== expectedIndex)
      throw new RangeError(`entry ${index} was to be applied where ${expectedIndex} is next`);
    const groupId = groupBornWith(entry);
    if (groupId !== undefined) this.member.save({ groupId });
    if (data === null || groupId !== undefined) return undefined;
    return this.options.stateMachine.apply({ index, term, command: JSON.parse(data) as unknown }, this.db);
  }

  /** Stores a page of a snapshot. The last one replaces state and log at once. */
  private storePage({ page, data, done, lastIndex, lastTerm }: PageToStore, joins: string | null): void {
    this.staging.add(page, data);
    if (!done) return;
    this.options.stateMachine.restore(this.staging.pages(), this.db);
    this.staging.clear();
    this.log.reset(lastIndex, lastTerm);
    const groupId = joins ?? this.groupId;
    this.member.save({ groupId, appliedIndex: lastIndex, edgeIndex: lastIndex, edgeTerm: lastTerm });
  }
}
