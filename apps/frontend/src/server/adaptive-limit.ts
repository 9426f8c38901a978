/** A queue that stands for longer than this only delays everybody. Milliseconds. */
const TARGET_MS = 150;
const INTERVAL_MS = 100;
/** Enough to begin with: at a few hundred trades per second the last of them waits for less than half a second. */
const FIRST = 256;
/** A slow disk takes longer than the target for each trade, and is fast only if many share a sync. */
const LEAST = 64;
const GROWTH = 1.1;

/**
 * How many requests may be under way at once. That number follows from what the system behind achieves: with a queue that stands,
 * it is as many as are answered within the target (Little's law); otherwise it grows whenever it was not enough.
 *
 * A queue stands when even the fastest answer of an interval has taken too long (Nichols and Jacobson, "Controlling Queue Delay", 2012).
 * A burst, or what has waited for an election, has fast answers behind it, and changes nothing.
 */
export class AdaptiveLimit {
  private limit: number;
  private readonly least: number;
  private intervalFrom = 0;
  private answers = 0;
  private fastestMs = Infinity;
  private wasReached = false;

  /** @param most the limit never grows beyond this */
  constructor(private readonly most: number) {
    this.limit = Math.min(FIRST, most);
    this.least = Math.min(LEAST, most);
  }

  get current(): number {
    return Math.floor(this.limit);
  }

  /** Returns whether one more request may be under way, beside so many. */
  admits(underWay: number): boolean {
    if (underWay < this.current) return true;
    this.wasReached = true;
    return false;
  }

  /**
   * @param tookMs from the arrival of a request to the end of its answer
   * @param now milliseconds of a steady clock
   */
  answered(tookMs: number, now: number): void {
    // An interval begins with an answer, so a time without any says nothing about what the system achieves.
    if (this.answers++ === 0) this.intervalFrom = now;
    this.fastestMs = Math.min(this.fastestMs, tookMs);
    const elapsedMs = now - this.intervalFrom;
    if (elapsedMs < INTERVAL_MS) return;
    if (this.fastestMs > TARGET_MS) {
      const achievable = (this.answers / elapsedMs) * TARGET_MS;
      this.limit = Math.max(this.least, Math.min(this.limit, achievable));
    } else if (this.wasReached && tookMs <= TARGET_MS) {
      this.limit = Math.min(this.most, this.limit * GROWTH);
    }
    this.answers = 0;
    this.fastestMs = Infinity;
    this.wasReached = false;
  }
}
