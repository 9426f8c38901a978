import type { CoreOptions, LearnerOptions } from '../core/core-options.js';
import type { CompleteOptions } from '../replication.options.js';

/** Number of ticks per heartbeat interval. Enough to make equal random election timeouts rare. */
const TICKS_PER_HEARTBEAT = 5;
/** How long a new leader waits before it transfers leadership to a preferred member, in milliseconds. */
const PREFERENCE_DELAY_MS = 3000;

/** Length of one tick of the core, in milliseconds. */
export function tickMsOf({ heartbeatIntervalMs }: Pick<CompleteOptions, 'heartbeatIntervalMs'>): number {
  return Math.max(1, heartbeatIntervalMs / TICKS_PER_HEARTBEAT);
}

/** Converts the member's settings into those of the core, which are in ticks. */
export function coreOptions(options: CompleteOptions, mayVote: boolean, birth: string): CoreOptions {
  const ticks = (ms: number): number => Math.max(1, Math.round(ms / tickMsOf(options)));
  return {
    id: options.id,
    voters: options.voters.map((voter) => voter.id),
    heartbeatTicks: ticks(options.heartbeatIntervalMs),
    electionTicks: ticks(options.electionTimeoutMs),
    preferHighestId: options.preferHighestId,
    preferenceDelayTicks: ticks(PREFERENCE_DELAY_MS),
    maxEntriesPerAppend: 1024,
    maxBytesPerAppend: 256 * 1024,
    maxAppendsInFlight: 16,
    maxUncommittedEntries: options.maxProposals,
    mayVote,
    birth,
    ...(options.learners.length > 0 && { learners: learnerOptions(options) }),
  };
}

function learnerOptions({ learners, readLeaseMs, clockDriftMarginMs }: CompleteOptions): LearnerOptions {
  return { ids: learners.map(({ id }) => id), readLeaseMs, clockDriftMarginMs };
}
