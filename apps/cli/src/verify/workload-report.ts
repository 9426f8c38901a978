import type { Verification } from './verify-run.js';
import type { WorkloadRun } from '../workload/workload.js';
import { renderTable, type Table } from '../terminal/table.js';
import { paint, print } from '../terminal/terminal.js';

/** One run and its verification, as `--json` prints it. */
export interface WorkloadReport {
  readonly passed: boolean;
  readonly elapsedMs: number;
  readonly requestsPerSecond: number;
  readonly acknowledged: number;
  readonly unknownOutcomes: number;
  readonly latencies: ReturnType<WorkloadRun['tally']['latencyRows']>;
  readonly refusals: readonly Count[];
  readonly invalid: readonly Count[];
  readonly errors: readonly Count[];
  readonly mismatchCount: number;
  readonly mismatches: readonly string[];
  /** Null when nothing was compared afterwards. */
  readonly verification: Verification | null;
}

interface Count {
  readonly what: string;
  readonly count: number;
}

export function createReport(run: WorkloadRun, verification: Verification | null): WorkloadReport {
  const { tally, ledger, elapsedMs } = run;
  const latencies = tally.latencyRows();
  const answers = latencies.reduce((sum, row) => sum + (row.kind === 'order' ? 0 : row.count), 0);
  return {
    passed: tally.mismatchCount === 0 && tally.errors.total === 0 && verification?.isComplete !== false,
    elapsedMs: Math.round(elapsedMs),
    requestsPerSecond: Math.round(answers / (elapsedMs / 1000)),
    acknowledged: ledger.kept.length,
    unknownOutcomes: ledger.unknown.size,
    latencies,
    refusals: counts(tally.refusals),
    invalid: counts(tally.invalid),
    errors: counts(tally.errors),
    mismatchCount: tally.mismatchCount,
    mismatches: tally.mismatches,
    verification,
  };
}

export function printReport(report: WorkloadReport): void {
  for (const { head, rows } of [latencyTable(report), ...countTables(report)]) print(renderTable(head, rows));
  for (const text of report.mismatches) print(`${paint('red', 'mismatch')}  ${text}`);
  if (report.mismatchCount > report.mismatches.length) {
    print(`… and ${report.mismatchCount - report.mismatches.length} more mismatches`);
  }
  print(`${report.passed ? paint('green', 'PASS') : paint('red', 'FAIL')}  ${factsOf(report)}`);
}

export function latencyTable({ latencies }: WorkloadReport): Table {
  const ms = (value: number): string => value.toFixed(value < 10 ? 2 : 1);
  return {
    head: ['request', 'answers', 'mean ms', 'p50 ms', 'p99 ms', 'max ms'],
    rows: latencies.map((row) => [row.kind, row.count, ms(row.meanMs), ms(row.p50Ms), ms(row.p99Ms), ms(row.maxMs)]),
  };
}

/** How often requests were refused, and how often they failed; no table for what never happened. */
export function countTables({ refusals, invalid, errors }: WorkloadReport): readonly Table[] {
  const table = (title: string, counted: readonly Count[]): Table => ({
    head: [title, 'count'],
    rows: counted.map(({ what, count }) => [what, count]),
  });
  return [
    table('refused, as the rules of the exchange ask for', refusals),
    table('meant to fail', invalid),
    table('unexpected failures', errors),
  ].filter(({ rows }) => rows.length > 0);
}

/** The whole run in one line. */
export function factsOf(report: WorkloadReport): string {
  const { verification, errors } = report;
  const errorCount = errors.reduce((sum, { count }) => sum + count, 0);
  return [
    `${report.acknowledged} trades acknowledged`,
    `${errorCount} errors`,
    `${report.mismatchCount} mismatches`,
    `${report.requestsPerSecond} requests/s`,
    ...(report.unknownOutcomes > 0 ? [`${report.unknownOutcomes} with unknown outcome`] : []),
    ...(verification === null ? [] : checks(verification)),
  ].join(', ');
}

function checks({ isComplete, conservationChecked, tradesOfOthers }: Verification): readonly string[] {
  return [
    isComplete ? 'trades and numbers checked' : 'the list of trades could NOT be read for checking',
    conservationChecked
      ? 'shares conserved'
      : `shares not compared (${tradesOfOthers} trades of other clients meanwhile)`,
  ];
}

function counts(counter: { entries(): readonly (readonly [string, number])[] }): readonly Count[] {
  return counter.entries().map(([what, count]) => ({ what, count }));
}
