/** Wakes one waiting task. A ring while nobody waits is kept for the next wait. */
export class Bell {
  private isRung = false;
  private wake: (() => void) | undefined;

  ring(): void {
    this.isRung = true;
    this.wake?.();
  }

  /** Resolves to true once the bell rings, or to false after `limitMs` milliseconds. */
  async wait(limitMs: number): Promise<boolean> {
    if (!this.isRung) await this.ringOr(limitMs);
    const { isRung } = this;
    this.isRung = false;
    return isRung;
  }

  private ringOr(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
