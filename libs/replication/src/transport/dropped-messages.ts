import type { EventSink } from '../ports.js';

/** Minimum interval between warnings, in milliseconds, so that a flood of messages does not flood the log. */
const WARN_EVERY_MS = 10_000;

/** Counts dropped messages, and warns at intervals with their number and the problem of the last one. */
export class DroppedMessages {
  /** Number of messages dropped since the start. */
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
