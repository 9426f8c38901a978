/** Keeps the last `capacity` durations, for a percentile that reflects the present load. */
export class RecentTimes {
  /** The longest duration of all, in milliseconds; 0 if none was recorded. */
  longest = 0;
  /** Number of durations recorded. */
  count = 0;
  private readonly times: number[] = [];
  private next = 0;

  constructor(private readonly capacity: number) {}

  add(ms: number): void {
    this.count += 1;
    this.longest = Math.max(this.longest, ms);
    this.times[this.next] = ms;
    this.next = (this.next + 1) % this.capacity;
  }

  /** 99th percentile in milliseconds; 0 if none was recorded. */
  get p99(): number {
    const sorted = this.times.toSorted((a, b) => a - b);
    return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
  }
}
