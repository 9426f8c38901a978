/**
 * Tracks the turn of the event loop. Messages and answers leave the process at its end, and a sync blocks the whole process: if
 * it came first, followers would begin their syncs only after their leader's.
 */
export class Turn {
  private isSending = false;

  /** @param defer see `Ports` */
  constructor(private readonly defer: (run: () => void) => void) {}

  /** A message or an answer was written. */
  sends(): void {
    this.isSending = true;
  }

  /** Resolves when all of them have left; at once when there are none. */
  async untilSent(): Promise<void> {
    if (!this.isSending) return;
    this.isSending = false;
    await new Promise<void>((resolve) => this.defer(resolve));
  }
}
