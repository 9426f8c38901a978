/**
 * Tracks whether this member has amnesia. A member whose disk came back empty or older may have voted, and acknowledged
 * entries, without knowing it. Until a leader has brought it up to date it must not vote, ask for votes, or be counted.
 * recovery.ts is the leader's side and describes the whole protocol.
 *
 * The shell knows when the disk of a known member has changed. A member that has nothing at all, not even an identity, is
 * either new or its whole disk was replaced. It counts as new until it receives anything that the group has committed
 * (terms.ts).
 *
 * A learner promises nothing: it always has amnesia, and its answers always name its incarnation.
 */
export class Amnesia {
  private whole: boolean;
  private drawn: number;
  private changed = false;

  constructor(
    mayVote: boolean,
    private readonly random: () => number,
  ) {
    this.whole = mayVote;
    this.drawn = mayVote ? 0 : this.drawNonce();
  }

  get mayVote(): boolean {
    return this.whole;
  }

  /** Identifies this incarnation in messages, so that a permission for an earlier one is not used; null: nothing to recover. */
  get nonce(): number | null {
    return this.whole ? null : this.drawn;
  }

  begin(): void {
    if (!this.whole) return;
    this.whole = false;
    this.drawn = this.drawNonce();
    this.changed = true;
  }

  end(): void {
    this.whole = true;
    this.changed = true;
  }

  get hasChange(): boolean {
    return this.changed;
  }

  takeChange(): boolean | null {
    if (!this.changed) return null;
    this.changed = false;
    return this.whole;
  }

  private drawNonce(): number {
    return 1 + Math.floor(this.random() * 2 ** 48);
  }
}
