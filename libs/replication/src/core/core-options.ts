import { invariant } from './invariant.js';
import type { MemberId } from './messages.js';

/** Settings of the core. Times are in ticks; the driver defines the length of a tick. */
export interface CoreOptions {
  readonly id: MemberId;
  /** The voters: 1, 3 or 5 ids, this member's own among them unless it is a learner. */
  readonly voters: readonly MemberId[];
  /** Interval between two heartbeats of a leader, in ticks. */
  readonly heartbeatTicks: number;
  /** Shortest silence after which a follower asks for votes, in ticks; the longest is twice that, less one. */
  readonly electionTicks: number;
  /** Whether a leader transfers leadership to the highest live id once that member has caught up. */
  readonly preferHighestId: boolean;
  /** How long the leader and the preferred member must be stable before a transfer by preference, in ticks. */
  readonly preferenceDelayTicks: number;
  /** Maximum number of entries in one append. */
  readonly maxEntriesPerAppend: number;
  /** Maximum total length of their data, in UTF-16 units. A longer entry is sent alone. */
  readonly maxBytesPerAppend: number;
  /** Maximum number of unanswered appends with entries per peer. */
  readonly maxAppendsInFlight: number;
  /** Maximum number of entries that are proposed but not settled. Beyond it, `propose` fails with `overloaded`. */
  readonly maxUncommittedEntries: number;
  /**
   * False if this member has amnesia (an empty or older disk under a known identity): it neither votes nor leads nor counts
   * until a leader has brought it up to date (see recovery.ts).
   * @default true
   */
  readonly mayVote?: boolean;
  /** Data of the first entry, if this member begins a new log; it names the new group (see birth.ts). @default null */
  readonly birth?: string | null;
  /** The members that receive the log but don't vote. @default none */
  readonly learners?: LearnerOptions;
}

/** Settings of learners. Times are in milliseconds of the clock that the shell reads for the core. */
export interface LearnerOptions {
  readonly ids: readonly MemberId[];
  /** How long a read lease lasts, in milliseconds; the same at all members. */
  readonly readLeaseMs: number;
  /** How much earlier a learner ends its lease, in milliseconds, because its clock may be slower than the leader's. */
  readonly clockDriftMarginMs: number;
}

/** Throws an `InvariantViolation` for options with which the protocol would be unsafe, or could not elect a leader. */
export function checkOptions(options: CoreOptions): void {
  const { id, heartbeatTicks, electionTicks } = options;
  const members = [...options.voters, ...(options.learners?.ids ?? [])];
  invariant(members.includes(id), 'a member is one of its group', () => ({ id, members }));
  invariant(new Set(members).size === members.length, 'members have different ids', () => ({ members }));
  invariant(
    heartbeatTicks >= 1 && electionTicks > heartbeatTicks,
    'an election timeout spans several heartbeats',
    () => ({
      heartbeatTicks,
      electionTicks,
    }),
  );
}
