import type { BenchRun } from './bench-run.js';
import type { SystemVerification } from '../verify/system/verify-system.js';
import { createReport, type WorkloadReport } from '../verify/workload-report.js';

/** The settings in which one run differs from the others. */
export interface BenchVariant {
  /** `on` or `off` where a gateway of the bench's own was loaded; else as the gateway is configured. */
  readonly cache: 'on' | 'off' | 'as configured';
  readonly prob: number;
}

/** One run, as `--json` prints it. */
export interface BenchReport extends WorkloadReport, BenchVariant {
  readonly histograms: ReturnType<BenchRun['run']['tally']['histograms']>;
  readonly throughput: BenchRun['throughput'];
  readonly killed: string | null;
  readonly killedAtMs: number | null;
  readonly leaderChanges: BenchRun['leaderChanges'];
  /** How much of one processor the client has used. */
  readonly clientLoad: number;
}

export function createBenchReport(variant: BenchVariant, bench: BenchRun): BenchReport {
  const { run, verification, throughput, killed, killedAtMs, leaderChanges, clientLoad } = bench;
  return {
    ...variant,
    ...createReport(run, verification),
    histograms: run.tally.histograms(),
    throughput,
    killed,
    killedAtMs,
    leaderChanges,
    clientLoad: Math.round(clientLoad * 100) / 100,
  };
}

/** A bench that is over, or that has failed on the way. */
export interface BenchResult {
  readonly reports: readonly BenchReport[];
  /** Null when no verification was asked for, or none came to its end. */
  readonly verification: SystemVerification | null;
  /** Why the bench ended early; null when it did not. */
  readonly failure: string | null;
}

/** Whether everything that was asked for was done, and nothing was found wrong. */
export function hasPassed({ reports, verification, failure }: BenchResult): boolean {
  return failure === null && reports.every(({ passed }) => passed) && verification?.passed !== false;
}
