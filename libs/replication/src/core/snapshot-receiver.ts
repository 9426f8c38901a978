import type { ReplicaState } from './replica-state.js';
import type { MemberId, SnapshotPage } from './messages.js';
import type { PageToStore } from './ready.js';

/**
 * The snapshot whose pages are being stored. Only pages of the same snapshot may be combined: another leader may cut its pages
 * elsewhere, and a leader that begins again may read a later state. A mixture would be a state that never existed.
 */
interface IncomingSnapshot {
  readonly from: MemberId;
  readonly term: number;
  /** Its number among the snapshots that `from` has begun in `term`. */
  readonly number: number;
  readonly lastIndex: number;
  readonly lastTerm: number;
  nextPage: number;
}

/**
 * The receiver's half of a snapshot, at a follower or learner (the leader's is in propagation.ts; compare Raft paper 7): stores
 * pages in order, one at a time, and installs them with the last one.
 */
export class SnapshotReceiver {
  private incoming: IncomingSnapshot | null = null;
  /** The page that is being written. */
  private writing: PageToStore | null = null;

  constructor(private readonly state: ReplicaState) {}

  receive(page: SnapshotPage): void {
    const { log } = this.state;
    // The log to compare with is about to be replaced. The leader sends the page again.
    if (this.state.installing) return;
    if (page.lastIndex <= log.commitIndex || log.matches(page.lastIndex, page.lastTerm)) {
      // Nothing to install: our log contains everything that the snapshot covers.
      log.settleTo(page.lastIndex);
      // A learner acknowledges only what it has released, as with entries.
      if (this.state.receipts === null || this.state.receipts.releasedIndex >= page.lastIndex) this.answer(page, null);
      return;
    }
    if (this.isStale(page)) return;
    if (page.page === 0 && !this.isSame(page)) this.begin(page);
    const incoming = this.isSame(page) ? this.incoming : null;
    // Only one page is held at a time. If another one waits for the disk, the leader sends this one again.
    if (incoming?.nextPage === page.page && this.state.out.storePage !== null) return;
    if (incoming?.nextPage === page.page) this.keep(page, incoming);
    this.answer(page, page.done && incoming?.nextPage === page.page + 1 ? null : (incoming?.nextPage ?? 0));
  }

  /** The page was handed out and is being written. */
  handedOut(page: PageToStore): void {
    this.writing = page;
  }

  /** The page is durable. If it was the last one, the snapshot has replaced state and log. */
  persisted(): void {
    const page = this.writing;
    this.writing = null;
    if (page?.done !== true) return;
    this.state.log.replacedBySnapshot(page.lastIndex);
    this.state.receipts?.replacedBySnapshot(page.lastIndex);
    // Appends are accepted again.
    this.state.installing = false;
    this.incoming = null;
  }

  private begin({ from, term, snapshotNumber: number, lastIndex, lastTerm }: SnapshotPage): void {
    this.incoming = { from, term, number, lastIndex, lastTerm, nextPage: 0 };
  }

  private keep(page: SnapshotPage, incoming: IncomingSnapshot): void {
    const { lastIndex, lastTerm, data, done } = page;
    this.state.out.storePage = { lastIndex, lastTerm, page: page.page, data, done };
    // Accept nothing else from now on: it would be acknowledged, and then wiped out by the snapshot.
    this.state.installing = done;
    incoming.nextPage += 1;
  }

  /** Reports whether a page belongs to a snapshot that its leader has abandoned. Restarting that one would drop present pages. */
  private isStale({ from, term, snapshotNumber }: SnapshotPage): boolean {
    return this.incoming?.from === from && this.incoming.term === term && snapshotNumber < this.incoming.number;
  }

  private isSame(page: SnapshotPage): boolean {
    const { incoming } = this;
    return (
      incoming !== null &&
      incoming.from === page.from &&
      incoming.term === page.term &&
      incoming.number === page.snapshotNumber &&
      incoming.lastIndex === page.lastIndex &&
      incoming.lastTerm === page.lastTerm
    );
  }

  /** Answers after the sync, because the leader continues with the next page and never sends this one again. */
  private answer(page: SnapshotPage, nextPage: number | null): void {
    this.state.out.afterPersist.push({
      type: 'snapshotResponse',
      from: this.state.id,
      to: page.from,
      term: this.state.term,
      lastIndex: page.lastIndex,
      snapshotNumber: page.snapshotNumber,
      nextPage,
      round: page.round,
      nonce: this.state.amnesia.nonce,
    });
  }
}
