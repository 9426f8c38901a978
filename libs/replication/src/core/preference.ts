import type { ReplicaState } from './replica-state.js';
import type { MemberId } from './messages.js';
import type { Progress } from './progress.js';
import type { LeadershipTransfer } from './leadership-transfer.js';

/** Up to 64 times the delay. */
const MAX_DOUBLINGS = 6;
/** Number of delays after which a transfer counts as a success: the member that it went to led for that long. */
const DELAYS_TO_PROVE_ITSELF = 8;

/**
 * Prefers the highest live id as leader, and moves leadership only without an outage: to a member that has been alive
 * and caught up for the whole delay. Each transfer after which this member leads again soon doubles the delay, so that
 * a member that keeps dying can't keep the group busy.
 */
export class Preference {
  /** The highest live id above ours, as seen last. */
  private candidate: MemberId | null = null;
  /** Ticks for which it has been that, and caught up, without a break. */
  private stableTicks = 0;
  private ticks = 0;
  /** The commit index one heartbeat ago, and at the one before that. */
  private commitIndex = 0;
  private commitBefore = 0;

  constructor(
    private readonly state: ReplicaState,
    private readonly progress: ReadonlyMap<MemberId, Progress>,
    private readonly transfer: LeadershipTransfer,
  ) {
    const { transferHistory, ticks } = state;
    if (transferHistory.lastAt !== null && ticks - transferHistory.lastAt > this.delay * DELAYS_TO_PROVE_ITSELF)
      transferHistory.failed = 0;
  }

  tick(): void {
    this.noteCommitIndex();
    if (!this.state.options.preferHighestId || this.transfer.target !== null) return;
    const preferred = this.highestLivePeer();
    if (preferred === null || preferred.id !== this.candidate || !this.isCaughtUp(preferred)) {
      this.candidate = preferred?.id ?? null;
      this.stableTicks = 0;
      return;
    }
    this.stableTicks += 1;
    if (this.stableTicks < this.delay) return;
    this.stableTicks = 0;
    if (!this.transfer.start(preferred.id)) return;
    // Counted as failed in advance. If it goes well, this member does not lead again for long, and the count begins anew.
    const { transferHistory, ticks } = this.state;
    transferHistory.failed += 1;
    transferHistory.lastAt = ticks;
  }

  private get delay(): number {
    return this.state.options.preferenceDelayTicks * 2 ** Math.min(this.state.transferHistory.failed, MAX_DOUBLINGS);
  }

  /** Null when nobody above us is alive. */
  private highestLivePeer(): Progress | null {
    const { id, options } = this.state;
    const above = [...this.progress.values()].filter(
      (peer) => peer.id > id && peer.counts && peer.lastContactTicks < options.electionTicks,
    );
    return above.reduce<Progress | null>((best, peer) => (best === null || peer.id > best.id ? peer : best), null);
  }

  private noteCommitIndex(): void {
    this.ticks += 1;
    if (this.ticks % this.state.options.heartbeatTicks !== 0) return;
    this.commitBefore = this.commitIndex;
    this.commitIndex = this.state.log.commitIndex;
  }

  /** Under load the last entries are always on their way: so a heartbeat's time is granted, and the transfer waits for the rest. */
  private isCaughtUp(peer: Progress): boolean {
    return peer.state === 'replicate' && peer.matchIndex >= this.commitBefore;
  }
}
