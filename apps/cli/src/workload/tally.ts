import { Latencies, type Bar } from './latencies.js';
import { ThroughputRecorder } from './throughput.js';

export type RequestKind = 'lookup' | 'buy' | 'sell' | 'order' | 'invalid';

/** Maximum number of mismatches that are kept in words. Beyond it they are only counted. */
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
  /** Begins with the tally. */
  readonly throughput = new ThroughputRecorder();
  private readonly latencies = new Map<RequestKind, Latencies>();

  answered(kind: RequestKind, elapsedMs: number): void {
    const latencies = this.latencies.get(kind) ?? new Latencies();
    this.latencies.set(kind, latencies);
    latencies.record(elapsedMs);
    this.throughput.request();
  }

  mismatch(text: string): void {
    this.mismatchCount += 1;
    if (this.mismatches.length < MISMATCHES_KEPT) this.mismatches.push(text);
  }

  /** Per kind: how many were answered, and after how many milliseconds. */
  latencyRows(): readonly LatencyRow[] {
    return [...this.latencies].map(([kind, latencies]) => ({
      kind,
      count: latencies.count,
      meanMs: latencies.meanMs,
      p50Ms: latencies.percentileMs(50),
      p99Ms: latencies.percentileMs(99),
      maxMs: latencies.maxMs,
    }));
  }

  /** Per kind: how many took how long. */
  histograms(): readonly LatencyBars[] {
    return [...this.latencies].map(([kind, { bars }]) => ({ kind, bars }));
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

export interface LatencyBars {
  readonly kind: RequestKind;
  readonly bars: readonly Bar[];
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
