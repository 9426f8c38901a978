import type { BenchRun } from './bench-run.js';
import type { Bar } from '../workload/latencies.js';
import { renderTable, type Cell } from '../terminal/table.js';
import { note, print } from '../terminal/terminal.js';
import { createReport, printReport, type WorkloadReport } from '../verify/workload-report.js';

const LONGEST_BAR = 24;
/** From this share of a processor on it is the client that sets the pace. */
const CLIENT_BUSY = 0.9;

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

/** Everything about one run. */
export function printBench(report: BenchReport): void {
  print(histogramTable(report));
  if (report.leaderChanges.length > 0) print(leaderTable(report));
  printReport(report);
  tellIfClientIsBusy([report]);
}

/** A line for each run, to be compared. */
export function printComparison(reports: readonly BenchReport[]): void {
  print(renderTable(COLUMNS, reports.map(rowOf), DISPENSABLE));
  for (const { cache, prob, errors, mismatches } of reports) {
    for (const text of [...errors.map(({ what, count }) => `${count} times ${what}`), ...mismatches])
      print(`cache ${cache}, probability ${prob}: ${text}`);
  }
  tellIfClientIsBusy(reports);
}

/** The same lines for other programs. No value has a comma in it. */
export function toCsv(reports: readonly BenchReport[]): string {
  return [COLUMNS, ...reports.map(rowOf)].map((row) => `${row.map((cell) => cell ?? '').join(',')}\n`).join('');
}

const COLUMNS = [
  'cache',
  'trade prob',
  'requests/s',
  'trades/s',
  'lookup mean ms',
  'lookup p50',
  'lookup p99',
  'trade mean ms',
  'trade p50',
  'trade p99',
  'failed',
];

/** The columns that are left out on a narrow terminal, first to last. */
const DISPENSABLE = [
  'lookup mean ms',
  'trade mean ms',
  'lookup p50',
  'trade p50',
  'requests/s',
  'lookup p99',
  'failed',
];

function rowOf(report: BenchReport): readonly Cell[] {
  const { cache, prob, requestsPerSecond, acknowledged, elapsedMs, errors } = report;
  const times = (of: readonly WorkloadReport['latencies'][number][]): readonly Cell[] => {
    const count = of.reduce((sum, row) => sum + row.count, 0);
    if (count === 0) return [null, null, null];
    // Buying and selling are the same work, so either's percentile stands for both: the slower one is shown.
    const mean = of.reduce((sum, row) => sum + row.meanMs * row.count, 0) / count;
    return [mean, Math.max(...of.map(({ p50Ms }) => p50Ms)), Math.max(...of.map(({ p99Ms }) => p99Ms))].map(inMs);
  };
  return [
    cache,
    prob,
    requestsPerSecond,
    Math.round((acknowledged * 1000) / elapsedMs),
    ...times(report.latencies.filter(({ kind }) => kind === 'lookup')),
    ...times(report.latencies.filter(({ kind }) => kind === 'buy' || kind === 'sell')),
    errors.reduce((sum, { count }) => sum + count, 0),
  ];
}

function inMs(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Lookups and trades side by side, from the first bar that is not empty to the last. */
function histogramTable({ histograms }: BenchReport): string {
  const barsOf = (...kinds: readonly string[]): readonly Bar[] =>
    addUp(histograms.filter(({ kind }) => kinds.includes(kind)));
  const [lookups, trades] = [barsOf('lookup'), barsOf('buy', 'sell')];
  const isFilled = (i: number): boolean => (lookups[i]?.count ?? 0) + (trades[i]?.count ?? 0) > 0;
  const filled = histograms[0]?.bars.map((_, i) => i).filter(isFilled) ?? [];
  const [first = 0, last = -1] = [filled[0], filled.at(-1)];
  const rows = (histograms[0]?.bars ?? [])
    .slice(first, last + 1)
    .map(({ upToMs }, i) => [
      upToMs === null ? 'longer' : `to ${upToMs} ms`,
      ...drawn(lookups, first + i),
      ...drawn(trades, first + i),
    ]);
  return renderTable(['time', 'lookups', '', 'trades', ''], rows, ['']);
}

function addUp(histograms: BenchReport['histograms']): readonly Bar[] {
  const [first, ...others] = histograms.map(({ bars }) => bars);
  return (first ?? []).map(({ upToMs, count }, i) => ({
    upToMs,
    count: others.reduce((sum, bars) => sum + (bars[i]?.count ?? 0), count),
  }));
}

function drawn(bars: readonly Bar[], i: number): readonly [number, string] {
  const count = bars[i]?.count ?? 0;
  const largest = Math.max(1, ...bars.map((bar) => bar.count));
  return [count, '#'.repeat(Math.ceil((count / largest) * LONGEST_BAR))];
}

function leaderTable({ leaderChanges, killed }: BenchReport): string {
  return renderTable(
    ['leader change at', 'from', 'to', 'term', 'outage ms'],
    leaderChanges.map(({ atMs, from, to, term, outageMs }, i) => [
      `${(atMs / 1000).toFixed(1)} s`,
      from === killed && i === 0 ? `${from} (killed)` : from,
      to,
      term,
      outageMs,
    ]),
  );
}

function tellIfClientIsBusy(reports: readonly BenchReport[]): void {
  const busiest = Math.max(...reports.map(({ clientLoad }) => clientLoad));
  if (busiest >= CLIENT_BUSY)
    note(`this client used ${Math.round(busiest * 100)} % of a processor: the exchange may be faster than it can ask`);
}
