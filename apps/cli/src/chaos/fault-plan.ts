import { choose, createRandom, integerBetween } from '../workload/random.js';

/** Something that happens to one process. A restart mends itself; the others are mended after `forMs`. */
export interface PlannedFault {
  /** From the start of the run. */
  readonly atMs: number;
  readonly process: string;
  readonly fault: 'kill' | 'pause' | 'restart';
  readonly forMs: number;
}

/** One thing to do, at its time. */
export interface Step {
  readonly atMs: number;
  readonly action: 'kill' | 'pause' | 'resume' | 'restart';
  readonly process: string;
}

const BETWEEN_FAULTS_MS = [300, 2500] as const;
/** From shorter than an election to longer than every lease and election. */
const OUTAGE_MS = [100, 3000] as const;
/** How long a repaired process is left alone, in milliseconds: hitting one that is always starting would prove nothing. */
const RECOVERY_MS = 3000;

/** The faults of one run: the same for the same seed, length and processes. Several may be under way at once. */
export function planFaults(seed: number, durationMs: number, processes: readonly string[]): readonly PlannedFault[] {
  const random = createRandom(seed);
  const busyUntilMs = new Map<string, number>();
  const faults: PlannedFault[] = [];
  for (let atMs = 0; ;) {
    atMs += integerBetween(random, ...BETWEEN_FAULTS_MS);
    const fault = choose(random, ['kill', 'pause', 'restart'] as const);
    const outageMs = integerBetween(random, ...OUTAGE_MS);
    const draw = random();
    if (atMs >= durationMs) return faults;
    const free = processes.filter((process) => (busyUntilMs.get(process) ?? 0) <= atMs);
    if (free.length === 0) continue;
    const process = choose(() => draw, free);
    const forMs = fault === 'restart' ? 0 : Math.min(outageMs, durationMs - atMs);
    busyUntilMs.set(process, atMs + forMs + RECOVERY_MS);
    faults.push({ atMs, process, fault, forMs });
  }
}

/** The faults and what mends them, in order of time. */
export function stepsOf(faults: readonly PlannedFault[]): readonly Step[] {
  return faults
    .flatMap(({ atMs, process, fault, forMs }): Step[] => {
      const mending = { kill: 'restart', pause: 'resume', restart: undefined } as const;
      const action = mending[fault];
      const start = { atMs, action: fault, process };
      return action === undefined ? [start] : [start, { atMs: atMs + forMs, action, process }];
    })
    .toSorted((a, b) => a.atMs - b.atMs);
}
