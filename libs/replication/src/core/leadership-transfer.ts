import type { ReplicaState } from './replica-state.js';
import type { MemberId } from './messages.js';
import type { Progress } from './progress.js';

/**
 * Hands leadership over (Raft thesis 3.10): takes no proposals, lets the target catch up, then tells it to ask for
 * votes at once. If nothing came of it within an election timeout, it is called off.
 */
export class LeadershipTransfer {
  target: MemberId | null = null;
  private ticks = 0;
  private told = false;

  constructor(
    private readonly state: ReplicaState,
    private readonly progress: ReadonlyMap<MemberId, Progress>,
  ) {}

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

  /** Only a target that has everything can win, and asking it earlier would only cost an election. */
  advance(): void {
    if (this.target === null || this.told) return;
    const peer = this.progress.get(this.target);
    if (peer?.counts !== true || peer.matchIndex !== this.state.log.lastIndex) return;
    this.told = true;
    this.state.out.now.push({ type: 'timeoutNow', from: this.state.id, to: this.target, term: this.state.term });
  }
}
