import type { LogReader } from './core/log-reader.js';
import type { MemberId, Message } from './core/messages.js';
import type { HardState, Ready } from './core/ready.js';

/** One write: the data that must be durable before it resolves, and the entries to apply in the same transaction. */
export type WriteBatch = Pick<Ready, 'hardState' | 'mayVote' | 'entries' | 'storePage' | 'apply'> & {
  /** Id of the snapshot's group, with the last page. */
  readonly joins?: string | null;
};

/** Reports whether something in the batch must survive a power failure before it is acknowledged. */
export function carriesPromise({ hardState, mayVote, entries, storePage }: WriteBatch): boolean {
  return hardState !== null || mayVote !== null || storePage !== null || entries.length > 0;
}

/**
 * Stores a member's log, its hard state and its state machine's tables.
 *
 * `write` resolves once everything in the batch except the effects of `apply`, which can be rebuilt from the log, would survive
 * a power failure. A failed write or flush leaves the storage unusable: the process must stop.
 */
export interface Storage extends LogReader {
  readonly hardState: HardState;
  /** False while this member has amnesia (see core/recovery.ts). */
  readonly mayVote: boolean;
  /** Id of the group that the data belong to; null until the first entry of its log is applied, or a snapshot installed. */
  readonly groupId: string | null;
  readonly appliedIndex: number;
  /** Writes a batch. Resolves to the state machine's result for each entry of `apply`; undefined for a no-op. */
  write(batch: WriteBatch): Promise<readonly unknown[]>;
  /** Makes the effects of `apply` survive a crash of the process, and visible to other processes. Called on each tick. */
  flush(): void;
  /** Opens a snapshot of the present applied state, to be read page by page while writes continue. */
  openSnapshot(): SnapshotSource;
  close(): void;
}

/** An open snapshot. */
export interface SnapshotSource {
  /** Index and term of the last entry that it contains. */
  readonly lastIndex: number;
  readonly lastTerm: number;
  /** At least one page; `done` marks the last. */
  readonly pages: Iterator<{ readonly data: string; readonly done: boolean }>;
  close(): void;
}

/** Identifies the sender of a batch, with proof (see driver/group-messenger.ts). */
export interface Stamp {
  /** The group that the sender is in; null while it has no data. */
  readonly groupId: string | null;
  /** Identifies the sender's process, from its start to its end. */
  readonly incarnation: string;
  /** Incarnations of the receiver that the sender knows. */
  readonly knows: readonly string[];
}

/** The messages that one member sends to another in one turn of work. Without any it is a greeting. */
export interface Batch {
  readonly from: MemberId;
  readonly to: MemberId;
  readonly stamp: Stamp;
  readonly messages: readonly Message[];
}

/**
 * Carries one-way batches between members. They may be lost, duplicated, delayed and reordered; the core tolerates that.
 * `send` never throws and never waits.
 */
export interface Transport {
  send(batches: readonly Batch[]): void;
  /** Called once, before the first `send`. Batches are delivered synchronously, in order of arrival. */
  start(receiver: TransportReceiver): void;
  close(): void;
}

export interface TransportReceiver {
  /** Receives a batch from any sender: the transport checks the form of a batch, and nothing else. */
  receive(batch: Batch): void;
  /** The connection to a peer broke, so the peer may be down. */
  connectionLost(peer: MemberId): void;
}

/** Calls back at a fixed interval. After a pause of the process it calls once, not once per missed interval. */
export interface Ticker {
  start(onTick: () => void): void;
  stop(): void;
}

/** Receives the lines of the event log. Nest's Logger is one. */
export interface EventSink {
  log(line: string): void;
  warn(line: string): void;
}

/** Everything that a member needs from outside. The real ports are in real-ports.ts, virtual ones in ../testing. */
export interface Ports {
  readonly storage: Storage;
  readonly transport: Transport;
  readonly ticker: Ticker;
  readonly events: EventSink;
  /** Returns the time on a clock that never jumps, in milliseconds. */
  readonly now: () => number;
  /** Runs a function once, after the inputs that are waiting now. */
  readonly defer: (run: () => void) => void;
  /** Resolves after `ms` milliseconds. */
  readonly pause: (ms: number) => Promise<void>;
  /** Returns a number from 0 up to but not including 1. */
  readonly random: () => number;
  /** Returns an unguessable text that is never returned twice. */
  readonly newId: () => string;
}
