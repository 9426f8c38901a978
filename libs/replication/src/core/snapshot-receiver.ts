import type { ReplicaState } from './replica-state.js';
import type { MemberId, SnapshotPage } from './messages.js';
import type { PageToStore } from './ready.js';

/**
 * Pages count only together with others of the same transfer: another leader may cut its pages elsewhere, and one that
 * begins again may read them from a later state.
 */
interface IncomingSnapshot {
  readonly from: MemberId;
  readonly term: number;
  readonly number: number;
  readonly lastIndex: number;
  readonly lastTerm: number;
  nextPage: number;
}

/** A follower's half of a snapshot: keeps pages in order, one at a time, and installs them with the last one. */
export class SnapshotReceiver {
  private incoming: IncomingSnapshot | null = null;
  /** The page that is on its way to the disk. */
  private writing: PageToStore | null = null;

  constructor(private readonly state: ReplicaState) {}

  receive(page: SnapshotPage): void {
    const { log } = this.state;
    if (this.state.installing) return;
    if (page.lastIndex <= log.commitIndex || log.matches(page.lastIndex, page.lastTerm)) {
      // Nothing to install: all that the snapshot covers is in our log.
      log.settleTo(page.lastIndex);
      if (this.state.receipts === null || this.state.receipts.releasedIndex >= page.lastIndex) this.answer(page, null);
      return;
    }
    if (this.isStale(page)) return;
    if (page.page === 0 && !this.isSame(page)) this.begin(page);
    const incoming = this.isSame(page) ? this.incoming : null;
    // One page is kept at a time; the leader sends it again if it found the slot taken.
    if (incoming?.nextPage === page.page && this.state.out.storePage !== null) return;
    if (incoming?.nextPage === page.page) this.keep(page, incoming);
    this.answer(page, page.done && incoming?.nextPage === page.page + 1 ? null : (incoming?.nextPage ?? 0));
  }

  /** The page that was handed out to be stored is on its way to the disk. */
  handedOut(page: PageToStore): void {
    this.writing = page;
  }

  /** That page is durable; the last one has replaced the log. */
  persisted(): void {
    const page = this.writing;
    this.writing = null;
    if (page?.done !== true) return;
    this.state.log.replacedBySnapshot(page.lastIndex);
    this.state.receipts?.replacedBySnapshot(page.lastIndex);
    this.state.installing = false;
    this.incoming = null;
  }

  private begin({ from, term, snapshotNumber: number, lastIndex, lastTerm }: SnapshotPage): void {
    this.incoming = { from, term, number, lastIndex, lastTerm, nextPage: 0 };
  }

  private keep(page: SnapshotPage, incoming: IncomingSnapshot): void {
    const { lastIndex, lastTerm, data, done } = page;
    this.state.out.storePage = { lastIndex, lastTerm, page: page.page, data, done };
    this.state.installing = done;
    incoming.nextPage += 1;
  }

  /** Of an earlier transfer of the same leader. */
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
