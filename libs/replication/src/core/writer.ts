import type { ReplicaState } from './replica-state.js';
import type { Ready } from './ready.js';
import type { SnapshotReceiver } from './snapshot-receiver.js';

/** The part of a `Ready` that waits for the disk. */
type Write = Pick<Ready, 'hardState' | 'mayVote' | 'entries' | 'storePage' | 'sendAfterPersist'>;

/**
 * Hands out what must become durable, one write at a time; whatever arrives meanwhile is gathered for the next one (group
 * commit). So under load more entries share a sync, and `persisted()` always refers to the one write that was handed out.
 */
export class Writer {
  private isWriting = false;

  constructor(
    private readonly state: ReplicaState,
    private readonly snapshots: SnapshotReceiver,
  ) {}

  get hasWork(): boolean {
    return !this.isWriting && (this.hasWrite() || this.state.out.afterPersist.length > 0);
  }

  take(): Write {
    if (this.isWriting) return { hardState: null, mayVote: null, entries: [], storePage: null, sendAfterPersist: [] };
    const { log, out, amnesia } = this.state;
    this.isWriting = this.hasWrite();
    // These are sent after this write, not before: what they promise is in it, or was durable already.
    const { storePage, afterPersist: sendAfterPersist } = out;
    out.storePage = null;
    out.afterPersist = [];
    if (storePage !== null) this.snapshots.handedOut(storePage);
    // The snapshot in the same write would wipe out entries, which would then count as durable.
    const entries = storePage?.done === true ? [] : log.startWrite();
    return {
      hardState: this.state.takeHardState(),
      mayVote: amnesia.takeChange(),
      entries,
      storePage,
      sendAfterPersist,
    };
  }

  /** The write has returned. False if none was in progress. */
  persisted(): boolean {
    if (!this.isWriting) return false;
    this.isWriting = false;
    this.state.log.writeReturned();
    this.snapshots.persisted();
    return true;
  }

  private hasWrite(): boolean {
    const { log, out, amnesia, hasHardState } = this.state;
    return hasHardState || amnesia.hasChange || log.hasUnwritten() || out.storePage !== null;
  }
}
