import { invariant } from './invariant.js';
import type { MemberId } from './messages.js';

/** Settings of the core. Times are in ticks; the driver decides how long a tick is. */
export interface CoreOptions {
  readonly id: MemberId;
  /** The voters: 1, 3 or 5 ids, this member's own among them unless it is a learner. */
  readonly voters: readonly MemberId[];
  /** Interval between two heartbeats of a leader, in ticks. */
  readonly heartbeatTicks: number;
  /** Shortest silence after which a follower asks for votes, in ticks; the longest is twice that, less one. */
  readonly electionTicks: number;
  /** Whether a leader transfers leadership to the highest live id once that one has caught up. */
  readonly preferHighestId: boolean;
  /** How long a leader, and the member that it prefers, must be stable before leadership is transferred by preference, in ticks. */
  readonly preferenceDelayTicks: number;
  /** Maximum number of entries in one append. */
  readonly maxEntriesPerAppend: number;
  /** Maximum length of their data together, in UTF-16 units. One longer entry travels alone. */
  readonly maxBytesPerAppend: number;
  /** Maximum number of appends with entries on their way to one peer without an answer. */
  readonly maxAppendsInFlight: number;
  /** Maximum number of entries proposed and not yet settled. Beyond it `propose` fails with `overloaded`. */
  readonly maxUncommittedEntries: number;
  /**
   * False: this member has lost what it once promised (an empty or older disk under a known identity), so it
   * neither votes nor leads nor counts until a leader has brought it up to date (see recovery.ts).
   * @default true
   */
  readonly mayVote?: boolean;
  /** Data of the first entry of a log that this member begins: names the group that is born with it (see birth.ts). @default null */
  readonly birth?: string | null;
  /** The members that have the log and no vote. @default none */
  readonly learners?: LearnerOptions;
}

/** Times are in milliseconds of the clock that the shell reads for the core. */
export interface LearnerOptions {
  readonly ids: readonly MemberId[];
  /** How long a read lease lasts, in milliseconds; the same at all members. */
  readonly readLeaseMs: number;
  /** By how much earlier a learner ends its lease, in milliseconds, because its clock may run slower than its leader's. */
  readonly clockDriftMarginMs: number;
}

/** Throws an `InvariantViolation` for options under which the protocol would not be safe, or could not elect a leader. */
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
