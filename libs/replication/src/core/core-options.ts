import { invariant } from './invariant.js';
import type { MemberId } from './messages.js';

/** Settings of the core. Times are in ticks; the driver decides how long a tick is. */
export interface CoreOptions {
  readonly id: MemberId;
  /** The voters: 1, 3 or 5 ids, this member's own among them unless it is a learner. */
  readonly voters: readonly MemberId[];
  /** A leader sends a heartbeat every so many ticks. */
  readonly heartbeatTicks: number;
  /** Shortest silence after which a follower asks for votes; the longest is twice that, less one. */
  readonly electionTicks: number;
  /** Hand leadership over to the highest live id once it has caught up. */
  readonly preferHighestId: boolean;
  /** A leader, and the member it prefers, are stable for so long before it hands over by preference. */
  readonly preferenceDelayTicks: number;
  /** Entries in one append, and bytes of their data. */
  readonly maxEntriesPerAppend: number;
  readonly maxBytesPerAppend: number;
  /** Appends with entries on their way to one follower without an answer. */
  readonly maxAppendsInFlight: number;
  /** Entries proposed and not yet committed; beyond it proposals are refused. */
  readonly maxUncommittedEntries: number;
  /**
   * False: this member has lost what it once promised (an empty or older disk under a known identity), so it
   * neither votes nor leads nor counts until a leader has brought it up to date (see recovery.ts).
   * @default true
   */
  readonly mayVote?: boolean;
  /** Data of the first entry of a log that this member begins: names the group that is born with it (see birth.ts). @default null */
  readonly birth?: string | null;
  /** Members that have the log and no vote. @default none */
  readonly learners?: LearnerOptions;
}

/** Times are in milliseconds of the clock that the shell reads for the core. */
export interface LearnerOptions {
  readonly ids: readonly MemberId[];
  /** How long a read lease lasts; the same at all members. */
  readonly readLeaseMs: number;
  /** A learner ends its lease earlier by this, because its clock may run slower than its leader's. */
  readonly clockDriftMarginMs: number;
}

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
