/** The figures of one second. Latencies are null while nothing was traded. */
export interface Sample {
  /** Seconds since 1970. */
  readonly at: number;
  readonly trades: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly hits: number;
  readonly others: number;
}

/** How far back the charts go, in seconds. */
export const SECONDS_KEPT = 180;
const METRICS_INTERVAL_S = 5;

/** Counters of the gateway: trades by upper limit of their time in seconds, and lookups by result. */
interface Counters {
  readonly buckets: ReadonlyMap<number, number>;
  readonly hits: number;
  readonly others: number;
}

/** Collects what the charts show: trades as they arrive, and from the gateway's metrics the rest. */
export class Figures {
  private samples: readonly Sample[] = [];
  private trades = 0;
  private seconds = 0;
  private counters: Counters | undefined;
  private current: Pick<Sample, 'p50Ms' | 'p99Ms' | 'hits' | 'others'> = {
    p50Ms: null,
    p99Ms: null,
    hits: 0,
    others: 0,
  };

  traded(): void {
    this.trades += 1;
  }

  /** Ends a second. */
  sample(): readonly Sample[] {
    if (this.seconds % METRICS_INTERVAL_S === 0 && document.visibilityState === 'visible') void this.readMetrics();
    this.seconds += 1;
    const sample = { at: Math.floor(Date.now() / 1000), trades: this.trades, ...this.current };
    this.trades = 0;
    this.samples = [...this.samples, sample].slice(-SECONDS_KEPT);
    return this.samples;
  }

  private async readMetrics(): Promise<void> {
    try {
      const response = await fetch('metrics');
      const counters = parseCounters(await response.text());
      const before = this.counters;
      this.counters = counters;
      if (!before) return;
      const buckets = [...counters.buckets].map(
        ([limit, count]) => [limit, count - (before.buckets.get(limit) ?? 0)] as const,
      );
      this.current = {
        p50Ms: percentileMs(buckets, 0.5),
        p99Ms: percentileMs(buckets, 0.99),
        hits: Math.max(0, counters.hits - before.hits) / METRICS_INTERVAL_S,
        others: Math.max(0, counters.others - before.others) / METRICS_INTERVAL_S,
      };
    } catch {
      // The gateway is away, which the page says elsewhere.
      this.counters = undefined;
    }
  }
}

function parseCounters(text: string): Counters {
  const buckets = new Map<number, number>();
  let [hits, others] = [0, 0];
  for (const line of text.split('\n')) {
    const lookup = /^bazaar_lookups_total\{.*?result="(\w+)".*?\} (\d+)/.exec(line);
    if (lookup?.[1] === 'hit') hits += Number(lookup[2]);
    else if (lookup) others += Number(lookup[2]);
    if (!/^bazaar_http_request_duration_seconds_bucket\{.*route="\/orders".*method="POST".*status="200"/.test(line))
      continue;
    const bucket = /le="([^"]+)".*\} (\d+)/.exec(line);
    if (bucket?.[1] !== undefined) buckets.set(bucket[1] === '+Inf' ? Infinity : Number(bucket[1]), Number(bucket[2]));
  }
  return { buckets, hits, others };
}

/** Within a bucket the times are taken to be spread evenly, as Prometheus does. */
function percentileMs(buckets: readonly (readonly [limit: number, count: number])[], share: number): number | null {
  const sorted = buckets.toSorted(([a], [b]) => a - b);
  const total = sorted.at(-1)?.[1] ?? 0;
  if (total <= 0) return null;
  let [lower, below] = [0, 0];
  for (const [limit, count] of sorted) {
    if (count >= share * total) {
      if (limit === Infinity) return lower * 1000;
      return (lower + ((limit - lower) * (share * total - below)) / Math.max(1, count - below)) * 1000;
    }
    [lower, below] = [limit, count];
  }
  return lower * 1000;
}
