import { REPLICATION_REASONS, type ReplicationReason } from './reasons.js';

/** The address of a member, voter or learner. */
export interface MemberAddress {
  readonly id: number;
  /** Its name in log lines. @default the group's name and the id, for example `order-1` */
  readonly name?: string;
  readonly host: string;
  readonly port: number;
}

/** Base class of expected failures. Each says whether the command was executed, and has a form on the wire, `toWire()`. */
export abstract class ReplicationError extends Error {
  /** The HTTP status to answer with. */
  readonly code: number;
  readonly executed: 'notExecuted' | 'unknown';

  constructor(
    readonly reason: ReplicationReason,
    message: string,
  ) {
    super(message);
    this.name = new.target.name;
    this.code = REPLICATION_REASONS[reason].code;
    this.executed = REPLICATION_REASONS[reason].executed;
  }

  toWire(): object {
    return { code: this.code, reason: this.reason, message: this.message };
  }
}

/** This replica does not lead. Not executed; ask `leader` if it is known. */
export class NotLeader extends ReplicationError {
  constructor(readonly leader: MemberAddress | null) {
    super(
      'NOT_LEADER',
      leader
        ? `replica ${leader.id} at ${leader.host}:${leader.port} leads, not this one`
        : 'this replica does not lead and knows no leader',
    );
  }

  override toWire(): object {
    return { ...super.toWire(), leader: this.leader };
  }
}

/** A limit is reached. Not executed; repeat later. */
export class Overloaded extends ReplicationError {
  constructor(readonly retryAfterMs: number) {
    super('OVERLOADED', `too many commands are waiting; repeat in ${retryAfterMs} ms`);
  }

  override toWire(): object {
    return { ...super.toWire(), retryAfterMs: this.retryAfterMs };
  }
}

/** The command may or may not have been executed, or may be later. Repeat it only if that is safe. */
export class OutcomeUnknown extends ReplicationError {
  readonly why: string;

  /** @param why the reason; may be the message of another `OutcomeUnknown`, which is passed on */
  constructor(why: string) {
    const known = why.replace(/: it may or may not have been executed$/, '');
    super('OUTCOME_UNKNOWN', `${known}: it may or may not have been executed`);
    this.why = known;
  }
}

/** No leader answered in time. Not executed. */
export class NoLeader extends ReplicationError {
  constructor(why: string) {
    super('NO_LEADER', `${why}; this request was not executed`);
  }
}

/** Too many voters are down for a leader to be elected. Not executed. */
export class NoQuorum extends ReplicationError {
  constructor(why: string) {
    super('NO_QUORUM', `${why}; this request was not executed`);
  }
}

/** No learner answered a read. Nothing was executed. */
export class NoLearner extends ReplicationError {
  /** @param why how the attempt at each learner ended, for people */
  constructor(
    group: string,
    readonly why: string,
  ) {
    super('NO_LEARNER', `no learner of the ${group} group answers: ${why}; this request was not executed`);
  }
}

/** The request was meant for another group. Not executed. */
export class WrongGroup extends ReplicationError {
  constructor(why: string) {
    super('WRONG_GROUP', `${why}; this request was not executed`);
  }
}

/** This member's data belong to another group than its peers' data. The process must end. Nothing was changed anywhere. */
export class ForeignGroup extends Error {
  readonly exitCode = 2;

  constructor(member: string, directory: string, ours: string, theirs: string) {
    super(
      `the data directory ${directory} of ${member} belongs to group ${ours}, and a majority of the members in its list to group ${theirs}. ` +
        'Nothing was changed, here or there. Start this member on its own directory; or correct its list of members; or, to let it join group ' +
        `${theirs}, give it an empty directory.`,
    );
    this.name = 'ForeignGroup';
  }
}

/** The disk or the file system failed. The process must end: no pending write may be acknowledged. */
export class DiskFailure extends Error {
  readonly exitCode = 1;

  constructor(
    readonly file: string,
    why: string,
  ) {
    super(
      `the storage failed under ${file}: ${why}. Nothing that was acknowledged is lost. ` +
        'Make room, repair the disk or correct the path and its permissions, and start this member again; the others go on while a majority of them is up.',
    );
    this.name = 'DiskFailure';
  }
}

/** SQLite's driver can't be loaded: it was built for another version of Node, or not at all. Nothing was read or changed. */
export class NativeModuleError extends Error {
  readonly exitCode = 1;

  constructor(cause: Error) {
    super(
      `better-sqlite3 can't be loaded by Node ${process.version}: it was built for another version, or not at all. ` +
        'Nothing was read or changed. Run `npm rebuild better-sqlite3` with this Node, or start the one it was installed with.',
      { cause },
    );
    this.name = 'NativeModuleError';
  }

  /** Reports whether an error comes from loading a native module: from the system's loader, or from `bindings`, which finds the file. */
  static isCauseOf(error: unknown): error is Error {
    if (!(error instanceof Error)) return false;
    return (
      (error as NodeJS.ErrnoException).code === 'ERR_DLOPEN_FAILED' ||
      error.message.startsWith('Could not locate the bindings file')
    );
  }
}

/** Reports whether an error comes from a system call: no space, read-only, no permission, no such address, and the like. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

/** The data on disk can't be trusted. The process must end with this exit code and leave the data unchanged. */
export class CorruptData extends Error {
  readonly exitCode = 4;

  constructor(
    readonly file: string,
    why: string,
  ) {
    super(
      `the data in ${file} is damaged: ${why}. Nothing was changed. ` +
        'Move the file away and let this member sync from the others, or restore the whole data directory from a backup; a group of one has only the backup.',
    );
    this.name = 'CorruptData';
  }
}
