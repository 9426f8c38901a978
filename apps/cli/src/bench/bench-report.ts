import type { BenchRun } from './bench-run.js';
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
