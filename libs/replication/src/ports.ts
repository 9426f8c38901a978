import type { LogReader } from './core/log-reader.js';
import type { MemberId, Message } from './core/messages.js';
import type { HardState, Ready } from './core/ready.js';

/** One write: what must be durable before it resolves, and what is applied in the same transaction. */
export type WriteBatch = Pick<Ready, 'hardState' | 'mayVote' | 'entries' | 'storePage' | 'apply'> & {
  /** The group whose snapshot this is, with the last page of one. */
  readonly joins?: string | null;
};

/** Whether something in the batch must survive a power failure before anybody is told of it. */
export function carriesPromise({ hardState, mayVote, entries, storePage }: WriteBatch): boolean {
  return hardState !== null || mayVote !== null || storePage !== null || entries.length > 0;
}

/**
 * Keeps a member's log, its hard state and its state machine's tables.
 *
 * `write` resolves once everything in the batch but the effects of `apply` would survive a power failure; those are
 * rebuilt from the log. A write or flush that fails leaves the storage unusable: the process must stop.
 */
export interface Storage extends LogReader {
  readonly hardState: HardState;
  /** False while this member has lost what it once promised (see core/recovery.ts). */
  readonly mayVote: boolean;
  /** The group whose data this is; null until the first entry of its log is applied, or a snapshot of it installed. */
  readonly groupId: string | null;
  readonly appliedIndex: number;
  /** Resolves to what the state machine returned for each entry of `apply`; undefined for a no-op. */
  write(batch: WriteBatch): Promise<readonly unknown[]>;
  /** Keeps the effects of `apply` over a crash of the process, and shows them to other processes. Called on each tick. */
  flush(): void;
  /** The applied state as it is now, to be read page by page while writes go on. */
  openSnapshot(): SnapshotSource;
  close(): void;
}

/** A snapshot that is being read. */
export interface SnapshotSource {
  /** Position and term of the last entry that it contains. */
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
  /** Names the sender's process, from its start to its end. */
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
 * One-way batches between members. They may be lost, repeated, delayed and reordered; the core copes.
 * `send` never throws and never waits.
 */
export interface Transport {
  send(batches: readonly Batch[]): void;
  /** Called once, before the first `send`. Batches are handed over synchronously, in the order of arrival. */
  start(receiver: TransportReceiver): void;
  close(): void;
}

export interface TransportReceiver {
  /** Of any sender: the transport vouches for the form of a batch, and for nothing else. */
  receive(batch: Batch): void;
  /** The connection to a peer broke: a hint that it may be down. */
  connectionLost(peer: MemberId): void;
}

/** Calls back at a fixed interval. After a pause of the process it calls once, not for every interval missed. */
export interface Ticker {
  start(onTick: () => void): void;
  stop(): void;
}

/** Takes the lines of the event log. Nest's Logger is one. */
export interface EventSink {
  log(line: string): void;
  warn(line: string): void;
}

/** Everything that a member takes from the world outside. The real ones are in real-ports.ts, virtual ones in ../testing. */
export interface Ports {
  readonly storage: Storage;
  readonly transport: Transport;
  readonly ticker: Ticker;
  readonly events: EventSink;
  /** Milliseconds on a clock that never jumps. */
  readonly now: () => number;
  /** Runs something once after the inputs that are waiting now. */
  readonly defer: (run: () => void) => void;
  /** Resolves after `ms` milliseconds. */
  readonly pause: (ms: number) => Promise<void>;
  /** Returns a number from 0 up to but not including 1. */
  readonly random: () => number;
  /** Returns a text that nobody can guess and that is never returned twice. */
  readonly newId: () => string;
}
