/**
 * Tracks the turn of the event loop. Messages and answers leave the process at the end of a turn, and a sync blocks the process:
 * a sync before that would make followers begin their syncs only after their leader's.
 */
export class Turn {
  private isSending = false;

  /** @param defer see `Ports` */
  constructor(private readonly defer: (run: () => void) => void) {}

  /** Records that a message or an answer was written. */
  sends(): void {
    this.isSending = true;
  }

  /** Resolves when all written messages have left; at once if there are none. */
  async untilSent(): Promise<void> {
    if (!this.isSending) return;
    this.isSending = false;
    await new Promise<void>((resolve) => this.defer(resolve));
  }
}
