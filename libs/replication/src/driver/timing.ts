import type { CoreOptions, LearnerOptions } from '../core/core-options.js';
import type { CompleteOptions } from '../replication.options.js';

/** Ticks in one heartbeat: fine enough that two random election timeouts rarely agree. */
const TICKS_PER_HEARTBEAT = 5;
/** A new leader stays for so long before it hands over to a preferred one. */
const PREFERENCE_DELAY_MS = 3000;

/** How long one tick of the core is. */
export function tickMsOf({ heartbeatIntervalMs }: Pick<CompleteOptions, 'heartbeatIntervalMs'>): number {
  return Math.max(1, heartbeatIntervalMs / TICKS_PER_HEARTBEAT);
}

/** The core's settings: the same as the member's, in ticks. */
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
