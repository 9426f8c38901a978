import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

export type RequestKind = 'lookup' | 'buy' | 'sell' | 'order' | 'invalid';

/** So many mismatches are kept in words; beyond it they are only counted. */
const MISMATCHES_KEPT = 1000;

/** How often each thing happened, and how long it took. */
export class Tally {
  readonly mismatches: string[] = [];
  mismatchCount = 0;
  /** Refusals that the rules of the exchange explain, by code and reason. */
  readonly refusals = new Counter();
  /** Failures that nothing explains: network failures, and answers 5xx or 429. */
  readonly errors = new Counter();
  /** Requests that were meant to fail: what was sent, and the answer to it. */
  readonly invalid = new Counter();
  private readonly latencies = new Map<RequestKind, RecordableHistogram>();

  answered(kind: RequestKind, elapsedMs: number): void {
    const latency = this.latencies.get(kind) ?? createHistogram();
    this.latencies.set(kind, latency);
    latency.record(Math.max(1, Math.round(elapsedMs * 1000)));
  }

  mismatch(text: string): void {
    this.mismatchCount += 1;
    if (this.mismatches.length < MISMATCHES_KEPT) this.mismatches.push(text);
  }

  /** Per kind: how many were answered, and after how many milliseconds. */
  latencyRows(): readonly LatencyRow[] {
    return [...this.latencies].map(([kind, latency]) => ({
      kind,
      count: latency.count,
      meanMs: latency.mean / 1000,
      p50Ms: latency.percentile(50) / 1000,
      p99Ms: latency.percentile(99) / 1000,
      maxMs: latency.max / 1000,
    }));
  }
}

export interface LatencyRow {
  readonly kind: RequestKind;
  readonly count: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export class Counter {
  private readonly counts = new Map<string, number>();

  add(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** The most frequent first. */
  entries(): readonly (readonly [what: string, count: number])[] {
    return [...this.counts].sort(([, a], [, b]) => b - a);
  }
}
