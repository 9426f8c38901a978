import type { CoreOptions, LearnerOptions } from '../../src/core/core-options.js';
import { Random } from './random.js';

/** Everything that differs between runs, drawn from the seed. Times are in simulated milliseconds. */
export interface Settings {
  readonly seed: number;
  readonly voters: readonly number[];
  /** Has no ids if there are no learners. */
  readonly learners: LearnerOptions;
  /** Maximum deviation of a clock's rate from 1. */
  readonly clockDrift: number;
  /** Maximum time that a learner takes to release an entry. */
  readonly maxDropMs: number;
  /** Whether clients of learners cache answers, under leases derived from the learner's. */
  readonly hasDerivedLeases: boolean;
  readonly core: Omit<CoreOptions, 'id' | 'voters' | 'learners' | 'mayVote'>;
  readonly tickMs: number;
  /** Number of applied entries kept; small numbers make snapshots frequent. */
  readonly keepEntries: number;
  readonly keys: number;
  readonly clients: number;
  readonly thinkMs: number;
  readonly readShare: number;
  readonly requestTimeoutMs: number;
  readonly network: {
    readonly loss: number;
    readonly duplication: number;
    readonly minDelayMs: number;
    readonly maxDelayMs: number;
    /** Whether messages are reordered. False: each connection keeps their order, as TCP does. */
    readonly reorders: boolean;
    /** Share of messages that arrive seconds late, after the state has changed. */
    readonly stragglers: number;
  };
  readonly disk: { readonly minWriteMs: number; readonly maxWriteMs: number; readonly slowWriteMs: number };
  /** Mean time between faults, and the relative probability of each kind. */
  readonly faultEveryMs: number;
  readonly faults: Readonly<Record<FaultKind, number>>;
}

export type FaultKind =
  | 'crash'
  | 'crashAll'
  | 'pause'
  | 'isolate'
  | 'island'
  | 'split'
  | 'oneWay'
  | 'slowDisk'
  | 'leadershipTransfer'
  | 'hint'
  | 'amnesia'
  | 'replaceDisk';

/** Seed offset of the learners' generator, which is separate so that learners don't change runs without them. */
const LEARNERS = 0x1ea5e;
/** Drift with which a learner's lease ends just before its end at the leader. */
const DRIFT = 0.024;
const MARGIN = 0.05;

export function drawSettings(seed: number): Settings {
  const random = new Random(seed);
  const size = random.pick([1, 3, 3, 3, 3, 5, 5]);
  const tickMs = random.pick([25, 50, 50, 50]);
  const heartbeatTicks = random.int(1, 3);
  const electionTicks = Math.max(heartbeatTicks * random.int(3, 8), 5);
  const mayGetAmnesia = size > 1 && random.chance(0.3);
  const weight = (): number => (random.chance(0.3) ? 0 : random.next());
  return {
    seed,
    voters: Array.from({ length: size }, (_, index) => index + 1),
    ...drawLearners(new Random(seed + LEARNERS), size),
    core: {
      heartbeatTicks,
      electionTicks: Math.min(electionTicks, Math.floor(1000 / tickMs)),
      preferHighestId: random.chance(0.5),
      preferenceDelayTicks: random.int(1, 100),
      ...drawAppendLimits(random),
      maxUncommittedEntries: random.pick([3, 10, 100]),
    },
    tickMs,
    keepEntries: random.pick([1, 5, 20, 100, 1000]),
    keys: random.int(1, 3),
    clients: random.int(1, 4),
    thinkMs: random.pick([20, 50, 200, 500]),
    readShare: random.between(0.1, 0.7),
    requestTimeoutMs: random.int(300, 3000),
    network: drawNetwork(random),
    disk: { minWriteMs: 0, maxWriteMs: random.pick([0, 1, 5, 30]), slowWriteMs: random.pick([50, 200, 1000]) },
    faultEveryMs: random.pick([300, 1000, 2000, 5000]),
    faults: {
      crash: weight(),
      crashAll: weight() / 5,
      pause: weight(),
      isolate: weight(),
      island: weight() / 2,
      split: weight(),
      oneWay: weight(),
      slowDisk: weight(),
      leadershipTransfer: weight(),
      hint: weight(),
      amnesia: mayGetAmnesia ? random.between(0.1, 1) : 0,
      replaceDisk: mayGetAmnesia ? random.between(0.1, 1) : 0,
    },
  };
}

type LearnerSettings = Pick<Settings, 'learners' | 'clockDrift' | 'maxDropMs' | 'hasDerivedLeases'>;

function drawLearners(random: Random, size: number): LearnerSettings {
  const ids = Array.from({ length: random.pick([0, 0, 1, 2, 2]) }, (_, index) => size + index + 1);
  const readLeaseMs = random.pick([200, 500, 1000, 2000]);
  return {
    learners: { ids, readLeaseMs, clockDriftMarginMs: readLeaseMs * MARGIN },
    clockDrift: ids.length === 0 ? 0 : DRIFT,
    maxDropMs: random.pick([0, 5, 50]),
    hasDerivedLeases: random.chance(0.5),
  };
}

/** Draws limits. Small appends need several in flight, or a member far behind can't catch up within the time limit. */
function drawAppendLimits(
  random: Random,
): Pick<CoreOptions, 'maxEntriesPerAppend' | 'maxBytesPerAppend' | 'maxAppendsInFlight'> {
  const maxEntriesPerAppend = random.pick([1, 2, 5, 20]);
  const maxBytesPerAppend = random.pick([10, 50, 1000]);
  const areSmall = maxEntriesPerAppend <= 2 || maxBytesPerAppend <= 10;
  return { maxEntriesPerAppend, maxBytesPerAppend, maxAppendsInFlight: random.int(areSmall ? 4 : 1, 8) };
}

function drawNetwork(random: Random): Settings['network'] {
  const minDelayMs = random.pick([0, 1, 5]);
  return {
    loss: random.chance(0.5) ? 0 : random.between(0, 0.2),
    duplication: random.chance(0.5) ? 0 : random.between(0, 0.1),
    minDelayMs,
    maxDelayMs: minDelayMs + random.pick([0, 2, 20, 100]),
    ...(random.chance(0.5)
      ? { reorders: true, stragglers: random.pick([0, 0.01, 0.1]) }
      : { reorders: false, stragglers: 0 }),
  };
}
