import type { Database } from 'better-sqlite3';

export type { Database };

/** A committed command and its place in the log. */
export interface AppliedEntry<Command> {
  readonly index: number;
  readonly term: number;
  readonly command: Command;
}

/** A bounded part of a snapshot: any JSON value, at most about 128 KiB of text. */
export type Page = unknown;

/**
 * A state machine applies the same commands in the same order on every replica. It must be deterministic: no clock, no
 * randomness, no input or output besides its own tables. Put times and ids into a command before it is proposed.
 *
 * `apply` must not throw: for an invalid command it returns a result that says so. A throw stops the process.
 */
export interface StateMachine<Command, Result> {
  /** Creates the tables if they are missing. Called once, before anything else. */
  prepare(db: Database): void;
  /** Applies a command, inside the transaction that also updates the applied index, so a crash leaves both or neither. */
  apply(entry: AppliedEntry<Command>, db: Database): Result;
  /** Returns the whole state in bounded pages. `db` is a connection that sees the state at one moment. */
  snapshot(db: Database): Iterable<Page>;
  /** Replaces the whole state. Runs inside one transaction. */
  restore(pages: Iterable<Page>, db: Database): void;
}
