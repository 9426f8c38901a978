import type { Entry, MemberId, Message } from './messages.js';

/** The state besides the log that must survive a crash (Raft paper, figure 2). */
export interface HardState {
  /** The newest term that this member has seen; 0 before any. */
  readonly term: number;
  /** The candidate that this member has voted for in `term`; null for none. */
  readonly vote: MemberId | null;
}

/** A learner stays one; a voter is always in one of the others. */
export type Role = 'learner' | 'follower' | 'preCandidate' | 'candidate' | 'leader';

/** A page of a snapshot that the shell must read and hand back with `snapshotPage()`. */
export interface PageRequest {
  /** The member that it is for. Each has a snapshot of its own. */
  readonly to: MemberId;
  /** From 0, which opens a new snapshot. Any other is the one after the last that was asked for, or that one again. */
  readonly page: number;
}

/**
 * A page that arrived and must be kept durably; page 0 replaces all pages kept so far, and the last one (`done`)
 * installs the snapshot in place of state and log.
 */
export interface PageToStore {
  readonly lastIndex: number;
  readonly lastTerm: number;
  readonly page: number;
  readonly data: string;
  readonly done: boolean;
}

/**
 * Everything that the core wants done since the last call. The order is binding:
 *
 * 1. `sendNow` may leave at once, also while the disk works. It holds nothing that promises durability.
 * 2. `hardState`, `mayVote`, `storePage`, `entries` are made durable together, in one sync. `entries` replaces
 *    everything stored from the first of its indexes on. A page that installs a snapshot comes without entries.
 * 3. Only then may `sendAfterPersist` leave, and `persisted()` be called.
 * 4. `apply` is applied in order of index; there is none while a snapshot is being installed. `reads` may be answered once their index is applied.
 *
 * While a write is under way (handed out, `persisted()` not yet called) 2 and 3 are held back, so a shell may ask
 * again at any time and will only get 1 and 4.
 */
export interface Ready {
  /** See 1. */
  readonly sendNow: readonly Message[];
  /** The new term and vote; null for no change. */
  readonly hardState: HardState | null;
  /** A change of "this member remembers its promises", to be kept over restarts; null for no change. */
  readonly mayVote: boolean | null;
  /** To be written to the log; empty for none. */
  readonly entries: readonly Entry[];
  /** To be stored beside it; null for none. */
  readonly storePage: PageToStore | null;
  /** See 3: votes, requests for them, and acknowledgements. */
  readonly sendAfterPersist: readonly Message[];
  /** Settled entries, each handed out once, never before it is durable here. */
  readonly apply: readonly Entry[];
  /** Linearizable reads that may be answered as soon as `index` is applied here. */
  readonly reads: readonly { readonly id: number; readonly index: number }[];
  /** Reads whose leadership could not be proven: ask the leader. */
  readonly failedReads: readonly number[];
  /** Pages that the shell must read, in any order with all of the above. */
  readonly pageRequests: readonly PageRequest[];
}
