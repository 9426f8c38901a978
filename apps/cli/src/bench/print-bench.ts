import type { BenchReport } from './bench-report.js';
import {
  barWords,
  busyWords,
  comparisonTable,
  DISPENSABLE,
  faultsOfRun,
  histogramOf,
  leaderTable,
} from './bench-tables.js';
import { renderTable } from '../terminal/table.js';
import { note, print } from '../terminal/terminal.js';
import { printReport } from '../verify/workload-report.js';

const LONGEST_BAR = 24;

/** Everything about one run. */
export function printBench(report: BenchReport): void {
  print(histogramTable(report));
  const { head, rows } = leaderTable(report);
  if (rows.length > 0) print(renderTable(head, rows));
  printReport(report);
  tellIfClientIsBusy([report]);
}

/** A line for each run, to be compared. */
export function printComparison(reports: readonly BenchReport[]): void {
  const { head, rows } = comparisonTable(reports);
  print(renderTable(head, rows, DISPENSABLE));
  for (const report of reports) {
    for (const text of faultsOfRun(report)) print(`cache ${report.cache}, probability ${report.prob}: ${text}`);
  }
  tellIfClientIsBusy(reports);
}

function histogramTable(report: BenchReport): string {
  const pairs = histogramOf(report);
  const drawn = (count: number, counts: readonly number[]): readonly [number, string] => [
    count,
    '#'.repeat(Math.ceil((count / Math.max(1, ...counts)) * LONGEST_BAR)),
  ];
  const [lookups, trades] = [pairs.map((pair) => pair.lookups), pairs.map((pair) => pair.trades)];
  const rows = pairs.map((pair) => [barWords(pair), ...drawn(pair.lookups, lookups), ...drawn(pair.trades, trades)]);
  return renderTable(['time', 'lookups', '', 'trades', ''], rows, ['']);
}

function tellIfClientIsBusy(reports: readonly BenchReport[]): void {
  const words = busyWords(reports);
  if (words !== undefined) note(words);
}
