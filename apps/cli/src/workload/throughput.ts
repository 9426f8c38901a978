const FIRST_INTERVAL_MS = 100;
/** Maximum number of intervals that are kept. Beyond it neighbours are added up, so a long run costs no more memory. */
const MAX_INTERVALS = 240;

/** What was done in each interval of a run, in order of time. */
export interface Throughput {
  readonly intervalMs: number;
  /** Answers per interval. */
  readonly requests: readonly number[];
  /** Acknowledged trades per interval. */
  readonly trades: readonly number[];
}

/** Counts answers and acknowledged trades per interval. Times are milliseconds as `performance.now()` gives them. */
export class ThroughputRecorder {
  private intervalMs = FIRST_INTERVAL_MS;
  private requests: number[] = [];
  private trades: number[] = [];

  constructor(private readonly startedAt = performance.now()) {}

  request(at = performance.now()): void {
    this.add(() => this.requests, at);
  }

  trade(at = performance.now()): void {
    this.add(() => this.trades, at);
  }

  /** The intervals that lie completely in the first `elapsedMs` milliseconds: one that is cut off would look like a fall. */
  first(elapsedMs: number): Throughput {
    this.makeRoomFor(elapsedMs);
    const length = Math.floor(elapsedMs / this.intervalMs);
    const filled = (counts: readonly number[]): readonly number[] => Array.from({ length }, (_, i) => counts[i] ?? 0);
    return { intervalMs: this.intervalMs, requests: filled(this.requests), trades: filled(this.trades) };
  }

  /** @param counts looked up late, since making room replaces them */
  private add(counts: () => number[], at: number): void {
    const elapsedMs = Math.max(0, at - this.startedAt);
    this.makeRoomFor(elapsedMs);
    const interval = Math.floor(elapsedMs / this.intervalMs);
    counts()[interval] = (counts()[interval] ?? 0) + 1;
  }

  private makeRoomFor(elapsedMs: number): void {
    while (elapsedMs >= this.intervalMs * MAX_INTERVALS) {
      this.intervalMs *= 2;
      this.requests = addNeighbours(this.requests);
      this.trades = addNeighbours(this.trades);
    }
  }
}

function addNeighbours(counts: readonly number[]): number[] {
  return Array.from(
    { length: Math.ceil(counts.length / 2) },
    (_, i) => (counts[2 * i] ?? 0) + (counts[2 * i + 1] ?? 0),
  );
}
