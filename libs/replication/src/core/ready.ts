import type { Entry, MemberId, Message } from './messages.js';

/** The state besides the log that must survive a crash (Raft paper, figure 2). */
export interface HardState {
  /** The newest term that this member has seen; 0 before the first. */
  readonly term: number;
  /** The candidate that this member has voted for in `term`; null for none. */
  readonly vote: MemberId | null;
}

/** The role of a member. A learner never changes its role; a voter is always in one of the others. */
export type Role = 'learner' | 'follower' | 'preCandidate' | 'candidate' | 'leader';

/** A page of a snapshot that the shell must read and hand back with `snapshotPage()`. */
export interface PageRequest {
  /** The member that needs the page. Each member has its own snapshot. */
  readonly to: MemberId;
  /** Number of the page. Page 0 opens a new snapshot. Any other is the next page after the last request, or the same one again. */
  readonly page: number;
}

/**
 * A page that has arrived and must be stored durably. Page 0 replaces all pages stored before, and the last one (`done`)
 * replaces state and log by the snapshot.
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
 * 1. `sendNow` may be sent at once, even during a write. It contains nothing that promises durability.
 * 2. `hardState`, `mayVote`, `storePage`, `entries` are made durable together, in one sync. `entries` replaces
 *    everything stored from the first of its indexes on. A page that installs a snapshot comes without entries.
 * 3. Only then may `sendAfterPersist` be sent, and `persisted()` be called.
 * 4. `apply` is applied in order of index; there is none while a snapshot is being installed. `reads` may be answered once their index is applied.
 *
 * While a write is in progress (handed out, `persisted()` not yet called), 2 and 3 are held back. So a shell may call again at
 * any time and will only get 1 and 4.
 */
export interface Ready {
  /** See 1. */
  readonly sendNow: readonly Message[];
  /** The new term and vote; null for no change. */
  readonly hardState: HardState | null;
  /** A change of whether this member may vote (has no amnesia), to be kept over restarts; null for no change. */
  readonly mayVote: boolean | null;
  /** Entries to write to the log; empty for none. */
  readonly entries: readonly Entry[];
  /** A snapshot page to store; null for none. */
  readonly storePage: PageToStore | null;
  /** See 3: votes, requests for them, and acknowledgements. */
  readonly sendAfterPersist: readonly Message[];
  /** Settled entries, each handed out once, and only when it is durable here. */
  readonly apply: readonly Entry[];
  /** Linearizable reads that may be answered as soon as `index` is applied here. */
  readonly reads: readonly { readonly id: number; readonly index: number }[];
  /** Reads for which leadership could not be proven: ask the leader. */
  readonly failedReads: readonly number[];
  /** Pages that the shell must read, in any order relative to the effects above. */
  readonly pageRequests: readonly PageRequest[];
}
