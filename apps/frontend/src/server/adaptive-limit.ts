/** A queue in which requests wait for longer than this only delays everybody. Milliseconds, as all times here. */
const TARGET_MS = 150;
const INTERVAL_MS = 100;
/** Without any answer for this long it is no queue that makes requests wait: a leader has died, or a process stands still. */
const SILENCE_MS = 200;
/** The limit while all is well: at a few hundred trades per second the last of so many waits for less than half a second. */
const USUAL = 256;
/** A slow disk takes longer than the target for each trade, and is fast only if many share a sync. */
const LEAST = 128;
const GROWTH = 1.1;

/**
 * How many requests may be under way at once. That number follows from what the system behind achieves: with a queue that stands,
 * it is as many as are answered within the target (Little's law); otherwise it grows, beyond the usual one if that was not enough.
 *
 * As in CoDel (Nichols and Jacobson, "Controlling Queue Delay", 2012), the delay of an interval is what shows a queue, not its length.
 * But the fastest answer of an interval says little where requests are read and answered many at a time: here it is the mean.
 * What waits for an election waits without any answer: twice as many are let in, for three times that time, because clients are not
 * to notice an election.
 */
export class AdaptiveLimit {
  private limit: number;
  private readonly least: number;
  private readonly usual: number;
  private intervalFrom = 0;
  private answers = 0;
  private totalMs = 0;
  private wasReached = false;
  private busySince = 0;
  private lastAnswerAt = 0;
  private lenientUntil = 0;
  /** Whether there was no queue in the last interval. Only then is a silence no part of an overload. */
  private isWell = true;

  /** @param most the limit never grows beyond this */
  constructor(private readonly most: number) {
    this.usual = Math.min(USUAL, most);
    this.least = Math.min(LEAST, most);
    this.limit = this.usual;
  }

  get current(): number {
    return Math.floor(this.limit);
  }

  /**
   * Returns whether one more request may be under way, beside so many.
   * @param now milliseconds of a steady clock
   */
  admits(underWay: number, now: number): boolean {
    if (underWay === 0) this.busySince = now;
    if (underWay < this.current) return true;
    if (now < this.lenientUntil || (this.isWell && this.silenceAt(now) > SILENCE_MS))
      return underWay < Math.min(this.most, 2 * Math.max(this.limit, this.usual));
    this.wasReached = true;
    return false;
  }

  /** @param tookMs from the arrival of a request to the end of its answer */
  answered(tookMs: number, now: number): void {
    const silenceMs = this.silenceAt(now);
    this.lastAnswerAt = now;
    if (this.isWell && silenceMs > SILENCE_MS) {
      this.lenientUntil = now + 2 * silenceMs;
      this.isWell = false;
    }
    if (now < this.lenientUntil) this.answers = 0;
    else this.count(tookMs, now);
  }

  /** For how long there was something to answer, and no answer. */
  private silenceAt(now: number): number {
    return now - Math.max(this.lastAnswerAt, this.busySince);
  }

  private count(tookMs: number, now: number): void {
    if (this.answers++ === 0) {
      this.intervalFrom = now;
      this.totalMs = 0;
    }
    this.totalMs += tookMs;
    const elapsedMs = now - this.intervalFrom;
    if (elapsedMs < INTERVAL_MS) return;
    this.isWell = this.totalMs <= this.answers * TARGET_MS;
    if (this.isWell) {
      this.limit = Math.min(this.limit * GROWTH, this.wasReached ? this.most : Math.max(this.usual, this.limit));
    } else {
      const achievable = (this.answers / elapsedMs) * TARGET_MS;
      this.limit = Math.max(this.least, Math.min(this.limit, achievable));
    }
    this.answers = 0;
    this.wasReached = false;
  }
}
