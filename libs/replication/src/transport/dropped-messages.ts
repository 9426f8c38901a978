import type { EventSink } from '../ports.js';

/** Whoever floods the port must not flood the log as well. */
const WARN_EVERY_MS = 10_000;

/** Counts what was dropped, and says so once in a while: a number, and what was wrong with the last one. */
export class DroppedMessages {
  /** All that were dropped since the start. */
  total = 0;
  private unsaid = 0;
  private saidAt: number | null = null;

  constructor(
    private readonly sink: Pick<EventSink, 'warn'>,
    private readonly now: () => number,
  ) {}

  add(problem: string): void {
    this.total += 1;
    this.unsaid += 1;
    if (this.saidAt !== null && this.now() - this.saidAt < WARN_EVERY_MS) return;
    this.saidAt = this.now();
    const what = this.unsaid === 1 ? 'a message' : `${this.unsaid} messages`;
    this.sink.warn(`dropped ${what} that no member of this group sends; the last one was ${problem}`);
    this.unsaid = 0;
  }
}
