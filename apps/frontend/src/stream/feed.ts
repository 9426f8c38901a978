import { setImmediate as turnEnd, setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { messageOf } from '#service-kit';

/** Pause after a turn that failed, in milliseconds. */
export const RETRY_PAUSE_MS = 250;
/** After news has been passed on, the feed pauses for this many times as long as that took: streams get at most a tenth of a processor. */
const PAUSE_FACTOR = 10;
const MAX_PAUSE_MS = 1000;
const STREAMS_PER_TURN = 25;

/** Reads one thing for all streams of this gateway, over and over, while there is a stream that wants it. */
export abstract class Feed {
  private readonly logger = new Logger('Stream');
  private readonly listeners = new Set<() => void>();
  private isRunning = false;
  private hasFailed = false;

  /** @param pauseMs the shortest time between two turns, in milliseconds */
  protected constructor(private readonly pauseMs: number) {}

  /**
   * Calls the listener whenever there is news.
   * @returns a function that ends it
   */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    if (!this.isRunning) void this.run();
    return () => void this.listeners.delete(listener);
  }

  /** Reads once. Resolves to whether there is news. */
  protected abstract turn(): Promise<boolean>;

  /** Forgets what was read: nobody has listened for a while. */
  protected abstract reset(): void;

  /** Wakes a few streams in each turn of the event loop, so that their writes do not hold up requests. */
  protected async notify(): Promise<void> {
    let woken = 0;
    for (const listener of this.listeners) {
      listener();
      woken += 1;
      if (woken % STREAMS_PER_TURN === 0) await turnEnd();
    }
    await turnEnd();
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    while (this.listeners.size > 0) {
      const busyMs = (await this.attempt()) ? await this.passOn() : 0;
      await pause(Math.min(MAX_PAUSE_MS, Math.max(this.pauseMs, PAUSE_FACTOR * busyMs)));
    }
    this.reset();
    this.isRunning = false;
  }

  private async attempt(): Promise<boolean> {
    try {
      const hasNews = await this.turn();
      // Streams may have failed to read meanwhile too, and wait for a sign.
      const recovers = this.hasFailed;
      this.hasFailed = false;
      return hasNews || recovers;
    } catch (error) {
      if (!this.hasFailed) this.logger.warn(`streams get no news for now: ${messageOf(error)}`);
      this.hasFailed = true;
      await pause(RETRY_PAUSE_MS);
      return false;
    }
  }

  /** Resolves to the time that all streams took to write the news, in milliseconds. */
  private async passOn(): Promise<number> {
    const startedAt = performance.now();
    await this.notify();
    return performance.now() - startedAt;
  }
}
