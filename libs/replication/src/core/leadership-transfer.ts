import type { ReplicaState } from './replica-state.js';
import type { MemberId } from './messages.js';
import type { Progress } from './progress.js';

/**
 * Transfers leadership to another voter (Raft thesis 3.10): refuses proposals, lets the target catch up, then tells it to ask
 * for votes at once. A transfer that does not succeed within an election timeout is aborted, and proposals are accepted again:
 * the target may be down, or the message to it lost.
 */
export class LeadershipTransfer {
  /** The voter that is to lead; null if no transfer is in progress. */
  target: MemberId | null = null;
  /** Ticks since it began. */
  private ticks = 0;
  private told = false;

  constructor(
    private readonly state: ReplicaState,
    private readonly progress: ReadonlyMap<MemberId, Progress>,
  ) {}

  /** False if another transfer is in progress, or if `to` is not a voter that counts and so could not win. */
  start(to: MemberId): boolean {
    const peer = this.progress.get(to);
    if (peer?.counts !== true || this.target !== null) return false;
    this.target = to;
    this.ticks = 0;
    this.told = false;
    this.advance();
    return true;
  }

  tick(): void {
    if (this.target === null) return;
    this.ticks += 1;
    if (this.ticks < this.state.options.electionTicks) return;
    this.target = null;
  }

  /** Tells the target to begin, once it has the whole log. Before that it can't win, and would only cost an election. */
  advance(): void {
    if (this.target === null || this.told) return;
    const peer = this.progress.get(this.target);
    if (peer?.counts !== true || peer.matchIndex !== this.state.log.lastIndex) return;
    // Only once: each such message costs an election, and a second term of the target would depose the first.
    this.told = true;
    this.state.out.now.push({ type: 'timeoutNow', from: this.state.id, to: this.target, term: this.state.term });
  }
}
