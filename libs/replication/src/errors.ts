/** The address of a member, voter or learner. */
export interface MemberAddress {
  readonly id: number;
  /** Its name in log lines. @default the name of the group and the id, for example `order-1` */
  readonly name?: string;
  readonly host: string;
  readonly port: number;
}

/** Base class of the expected failures. Each says whether the command was executed, and crosses TCP with `toWire()`. */
export abstract class ReplicationError extends Error {
  abstract readonly reason:
    'NOT_LEADER' | 'OVERLOADED' | 'OUTCOME_UNKNOWN' | 'NO_LEADER' | 'NO_QUORUM' | 'NO_LEARNER' | 'WRONG_GROUP';
  abstract readonly code: number;

  toWire(): object {
    return { code: this.code, reason: this.reason, message: this.message };
  }
}

/** This replica does not lead. Not executed; ask `leader`, when it is known. */
export class NotLeader extends ReplicationError {
  readonly reason = 'NOT_LEADER';
  readonly code = 503;

  constructor(readonly leader: MemberAddress | null) {
    super(
      leader
        ? `replica ${leader.id} at ${leader.host}:${leader.port} leads, not this one`
        : 'this replica does not lead and knows no leader',
    );
    this.name = 'NotLeader';
  }

  override toWire(): object {
    return { ...super.toWire(), leader: this.leader };
  }
}

/** A limit is reached. Not executed; repeat after a while. */
export class Overloaded extends ReplicationError {
  readonly reason = 'OVERLOADED';
  readonly code = 429;

  constructor(readonly retryAfterMs: number) {
    super(`too many commands are waiting; repeat in ${retryAfterMs} ms`);
    this.name = 'Overloaded';
  }

  override toWire(): object {
    return { ...super.toWire(), retryAfterMs: this.retryAfterMs };
  }
}

/** The command may have been executed, or may yet be. Only a command that is safe to repeat should be repeated. */
export class OutcomeUnknown extends ReplicationError {
  readonly reason = 'OUTCOME_UNKNOWN';
  readonly code = 504;

  readonly why: string;

  /** @param why may be the message of another error of this kind, which is passed on */
  constructor(why: string) {
    const known = why.replace(/: it may or may not have been executed$/, '');
    super(`${known}: it may or may not have been executed`);
    this.why = known;
    this.name = 'OutcomeUnknown';
  }
}

/** No leader answered in time. Not executed. */
export class NoLeader extends ReplicationError {
  readonly reason = 'NO_LEADER';
  readonly code = 503;

  constructor(why: string) {
    super(`${why}; this request was not executed`);
    this.name = 'NoLeader';
  }
}

/** Too many voters are down for a leader to be elected. Not executed. */
export class NoQuorum extends ReplicationError {
  readonly reason = 'NO_QUORUM';
  readonly code = 503;

  constructor(why: string) {
    super(`${why}; this request was not executed`);
    this.name = 'NoQuorum';
  }
}

/** The request was meant for another group. Not executed. */
export class WrongGroup extends ReplicationError {
  readonly reason = 'WRONG_GROUP';
  readonly code = 503;

  constructor(why: string) {
    super(`${why}; this request was not executed`);
    this.name = 'WrongGroup';
  }
}

/** This member's data belong to another group than its peers'. The process must end; nothing was changed, here or there. */
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

/** The disk or the file system failed. The process must end: nothing that was under way may be acknowledged. */
export class DiskFailure extends Error {
  readonly exitCode = 1;

  constructor(
    readonly file: string,
    why: string,
  ) {
    super(
      `the storage failed under ${file}: ${why}. Nothing that was acknowledged is lost. ` +
        'Make room, mend the disk or correct the path and its permissions, and start this member again; the others go on while a majority of them is up.',
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

  /** Whether an error comes from loading a native module: from the system's loader, or from `bindings`, which finds the file. */
  static isCauseOf(error: unknown): error is Error {
    if (!(error instanceof Error)) return false;
    return (
      (error as NodeJS.ErrnoException).code === 'ERR_DLOPEN_FAILED' ||
      error.message.startsWith('Could not locate the bindings file')
    );
  }
}

/** Whether an error comes from a call to the system: no space, read-only, no permission, no such address, and the like. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

/** The data on disk cannot be trusted. The process must end with this exit code and leave the data as it is. */
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

/** No learner answered a read. Nothing was executed. */
export class NoLearner extends ReplicationError {
  readonly reason = 'NO_LEARNER';
  readonly code = 503;

  /** @param why how the attempt at each of them ended, for people */
  constructor(
    group: string,
    readonly why: string,
  ) {
    super(`no learner of the ${group} group answers: ${why}; this request was not executed`);
    this.name = 'NoLearner';
  }
}
