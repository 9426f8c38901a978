/**
 * Returns the value that a share of the values (from 0 to 1) do not exceed; 0 for no values. Exact, so it needs all values. The
 * command line's workload keeps a histogram instead, because its runs have no bound.
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
