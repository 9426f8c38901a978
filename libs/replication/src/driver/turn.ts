/**
 * The turn of the event loop. What is sent or answered leaves the process at its end, and a sync holds up all of the
 * process: followers would begin theirs only when their leader is done with its own.
 */
export class Turn {
  private isSending = false;

  /** @param defer see `Ports` */
  constructor(private readonly defer: (run: () => void) => void) {}

  /** Something was sent or answered. */
  sends(): void {
    this.isSending = true;
  }

  /** Resolves when all of it has left; at once when there is nothing. */
  async untilSent(): Promise<void> {
    if (!this.isSending) return;
    this.isSending = false;
    await new Promise<void>((resolve) => this.defer(resolve));
  }
}
