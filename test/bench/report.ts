import { percentile } from '#harness';
import type { BenchReport } from './bench.js';

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

export function formatTable(rows: BenchReport['rows']): string {
  const columns = Object.keys(rows[0] ?? {});
  const lines = [columns, ...rows.map((row) => columns.map((column) => String(row[column])))];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
