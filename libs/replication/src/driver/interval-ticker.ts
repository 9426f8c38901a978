import type { Ticker } from '../ports.js';

/** A ticker based on `setInterval`, which after a pause of the event loop fires once, not once per missed tick. */
export class IntervalTicker implements Ticker {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly intervalMs: number) {}

  start(onTick: () => void): void {
    this.timer = setInterval(onTick, this.intervalMs);
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
