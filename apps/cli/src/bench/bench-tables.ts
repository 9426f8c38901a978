import type { BenchReport } from './bench-report.js';
import type { Bar } from '../workload/latencies.js';
import type { Cell, Table } from '../terminal/table.js';
import type { WorkloadReport } from '../verify/workload-report.js';

/** From this share of a processor on it is the client that sets the pace. */
const CLIENT_BUSY = 0.9;

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

/** The columns of the comparison that are left out on a narrow terminal, first to last. */
export const DISPENSABLE = [
  'lookup mean ms',
  'trade mean ms',
  'lookup p50',
  'trade p50',
  'requests/s',
  'lookup p99',
  'failed',
];

/** The times of lookups, or of trades; milliseconds. */
export interface Times {
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
}

/** A line for each run, to be compared. */
export function comparisonTable(reports: readonly BenchReport[]): Table {
  return { head: COLUMNS, rows: reports.map(rowOf) };
}

/** The same lines for other programs. No value has a comma in it. */
export function toCsv(reports: readonly BenchReport[]): string {
  const { head, rows } = comparisonTable(reports);
  return [head, ...rows].map((row) => `${row.map((cell) => cell ?? '').join(',')}\n`).join('');
}

/** Null when there was no such request. */
export function timesOf({ latencies }: BenchReport, what: 'lookup' | 'trade'): Times | null {
  const rows = latencies.filter(({ kind }) =>
    what === 'lookup' ? kind === 'lookup' : kind === 'buy' || kind === 'sell',
  );
  const count = rows.reduce((sum, row) => sum + row.count, 0);
  if (count === 0) return null;
  // Buying and selling are the same work, so either's percentile stands for both: the slower one is shown.
  return {
    mean: inMs(rows.reduce((sum, row) => sum + row.meanMs * row.count, 0) / count),
    p50: inMs(Math.max(...rows.map(({ p50Ms }) => p50Ms))),
    p99: inMs(Math.max(...rows.map(({ p99Ms }) => p99Ms))),
  };
}

export function tradesPerSecond({ acknowledged, elapsedMs }: WorkloadReport): number {
  return Math.round((acknowledged * 1000) / elapsedMs);
}

function rowOf(report: BenchReport): readonly Cell[] {
  const { cache, prob, requestsPerSecond, errors } = report;
  const times = (what: 'lookup' | 'trade'): readonly Cell[] => {
    const { mean, p50, p99 } = timesOf(report, what) ?? { mean: null, p50: null, p99: null };
    return [mean, p50, p99];
  };
  const failed = errors.reduce((sum, { count }) => sum + count, 0);
  return [cache, prob, requestsPerSecond, tradesPerSecond(report), ...times('lookup'), ...times('trade'), failed];
}

function inMs(value: number): number {
  return Math.round(value * 100) / 100;
}

/** One bar of lookups and of trades: answers that took longer than `fromMs`, and not longer than `upToMs`. */
export interface BarPair {
  readonly fromMs: number;
  /** Null for the bar without an end. */
  readonly upToMs: number | null;
  readonly lookups: number;
  readonly trades: number;
}

/** Lookups and trades side by side, from the first bar that is not empty to the last. */
export function histogramOf({ histograms }: BenchReport): readonly BarPair[] {
  const countsOf = (...kinds: readonly string[]): readonly number[] =>
    addUp(histograms.filter(({ kind }) => kinds.includes(kind)).map(({ bars }) => bars));
  const [lookups, trades] = [countsOf('lookup'), countsOf('buy', 'sell')];
  const ends = histograms[0]?.bars.map(({ upToMs }) => upToMs) ?? [];
  const pairs = ends.map((upToMs, i) => ({
    fromMs: ends[i - 1] ?? 0,
    upToMs,
    lookups: lookups[i] ?? 0,
    trades: trades[i] ?? 0,
  }));
  const isFilled = ({ lookups: some, trades: others }: BarPair): boolean => some + others > 0;
  return pairs.slice(Math.max(0, pairs.findIndex(isFilled)), pairs.findLastIndex(isFilled) + 1);
}

export function barWords({ upToMs }: BarPair): string {
  return upToMs === null ? 'longer' : `to ${upToMs} ms`;
}

function addUp(histograms: readonly (readonly Bar[])[]): readonly number[] {
  const [first = []] = histograms;
  return first.map((_, i) => histograms.reduce((sum, bars) => sum + (bars[i]?.count ?? 0), 0));
}

export function leaderTable({ leaderChanges, killed }: BenchReport): Table {
  return {
    head: ['leader change at', 'from', 'to', 'term', 'outage ms'],
    rows: leaderChanges.map(({ atMs, from, to, term, outageMs }, i) => [
      `${(atMs / 1000).toFixed(1)} s`,
      from === killed && i === 0 ? `${from} (killed)` : from,
      to,
      term,
      outageMs,
    ]),
  };
}

/** Everything that went wrong in a run, a line for each. */
export function faultsOfRun({ errors, mismatches }: BenchReport): readonly string[] {
  return [...errors.map(({ what, count }) => `${count} times ${what}`), ...mismatches];
}

/** A warning if the client, and not the exchange, has set the pace of a run. */
export function busyWords(reports: readonly BenchReport[]): string | undefined {
  const busiest = Math.max(...reports.map(({ clientLoad }) => clientLoad));
  if (busiest < CLIENT_BUSY) return undefined;
  return `this client used ${Math.round(busiest * 100)} % of a processor: the exchange may be faster than it can ask`;
}
