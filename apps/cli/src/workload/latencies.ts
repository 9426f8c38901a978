import { createHistogram } from 'node:perf_hooks';

/** Upper ends of the bars, in milliseconds. What took longer than the last one falls into a bar without an end. */
const BAR_ENDS_MS = [0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

/** One bar of a histogram: answers that took longer than the end of the bar before, and not longer than this one's. */
export interface Bar {
  /** Milliseconds; null for the last bar, which has no end. */
  readonly upToMs: number | null;
  readonly count: number;
}

/** How long requests of one kind took. */
export class Latencies {
  private readonly histogram = createHistogram();
  private readonly counts = new Array<number>(BAR_ENDS_MS.length + 1).fill(0);

  record(elapsedMs: number): void {
    this.histogram.record(Math.max(1, Math.round(elapsedMs * 1000)));
    const end = BAR_ENDS_MS.findIndex((upToMs) => elapsedMs <= upToMs);
    const bar = end === -1 ? BAR_ENDS_MS.length : end;
    this.counts[bar] = (this.counts[bar] ?? 0) + 1;
  }

  get count(): number {
    return this.histogram.count;
  }

  get meanMs(): number {
    return this.histogram.mean / 1000;
  }

  get maxMs(): number {
    return this.histogram.max / 1000;
  }

  /** The time that `percent` percent of the requests did not exceed, in milliseconds. */
  percentileMs(percent: number): number {
    return this.histogram.percentile(percent) / 1000;
  }

  /** Every bar, the empty ones as well, so that those of several kinds can be laid side by side. */
  get bars(): readonly Bar[] {
    return this.counts.map((count, i) => ({ upToMs: BAR_ENDS_MS[i] ?? null, count }));
  }
}
