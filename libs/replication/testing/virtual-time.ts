import { setImmediate } from 'node:timers/promises';
import type { Ticker } from '../src/ports.js';

interface Event {
  readonly at: number;
  readonly run: () => void;
}

/**
 * A clock that advances only on demand. Simultaneous events run in the order in which they were planned, and all promise
 * callbacks of an event run before the next event, so a run depends on nothing else.
 */
export class VirtualTime {
  /** Milliseconds since the start. */
  now = 0;
  /** Sorted by time, the next one last. */
  private readonly planned: Event[] = [];

  /** Calls a function after `delayMs` milliseconds. Returns a function that cancels it. */
  after(delayMs: number, run: () => void): () => void {
    const event: Event = { at: this.now + delayMs, run };
    const { planned } = this;
    let [low, high] = [0, planned.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((planned[middle] as Event).at > event.at) low = middle + 1;
      else high = middle;
    }
    planned.splice(low, 0, event);
    return () => {
      const position = planned.indexOf(event);
      if (position >= 0) planned.splice(position, 1);
    };
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  /** Lets time pass until a condition holds, for at most `limitMs` milliseconds. Resolves to whether it holds. */
  async runUntil(isSo: () => boolean, limitMs: number): Promise<boolean> {
    const end = this.now + limitMs;
    await setImmediate();
    while (!isSo()) {
      const next = this.planned.at(-1);
      if (next === undefined || next.at > end) {
        this.now = Math.max(this.now, end);
        return isSo();
      }
      this.planned.pop();
      this.now = next.at;
      next.run();
      await setImmediate();
    }
    return true;
  }
}

/** Ticks in virtual time. */
export class VirtualTicker implements Ticker {
  private isRunning = false;

  constructor(
    private readonly time: VirtualTime,
    private readonly intervalMs: number,
  ) {}

  start(onTick: () => void): void {
    this.isRunning = true;
    this.planNext(onTick);
  }

  stop(): void {
    this.isRunning = false;
  }

  private planNext(onTick: () => void): void {
    this.time.after(this.intervalMs, () => {
      if (!this.isRunning) return;
      this.planNext(onTick);
      onTick();
    });
  }
}
