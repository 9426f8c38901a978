import type { ReplicaState } from './replica-state.js';
import type { MemberId, SnapshotPage } from './messages.js';
import type { PageToStore } from './ready.js';

/**
 * Pages count only together with others of the same transfer: another leader may cut its pages elsewhere, and one that
 * begins again may read them from a later state.
 */
interface Transfer {
  readonly from: MemberId;
  readonly term: number;
  readonly number: number;
  readonly lastIndex: number;
  readonly lastTerm: number;
  nextPage: number;
}

/** A follower's half of a snapshot: keeps pages in order, one at a time, and installs them with the last one. */
export class SnapshotReceiver {
  private transfer: Transfer | null = null;
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
    const transfer = this.isSame(page) ? this.transfer : null;
    // One page is kept at a time; the leader sends it again if it found the slot taken.
    if (transfer?.nextPage === page.page && this.state.out.storePage !== null) return;
    if (transfer?.nextPage === page.page) this.keep(page, transfer);
    this.answer(page, page.done && transfer?.nextPage === page.page + 1 ? null : (transfer?.nextPage ?? 0));
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
    this.transfer = null;
  }

  private begin({ from, term, transfer: number, lastIndex, lastTerm }: SnapshotPage): void {
    this.transfer = { from, term, number, lastIndex, lastTerm, nextPage: 0 };
  }

  private keep(page: SnapshotPage, transfer: Transfer): void {
    const { lastIndex, lastTerm, data, done } = page;
    this.state.out.storePage = { lastIndex, lastTerm, page: page.page, data, done };
    this.state.installing = done;
    transfer.nextPage += 1;
  }

  /** Of an earlier transfer of the same leader. */
  private isStale({ from, term, transfer }: SnapshotPage): boolean {
    return this.transfer?.from === from && this.transfer.term === term && transfer < this.transfer.number;
  }

  private isSame(page: SnapshotPage): boolean {
    const { transfer } = this;
    return (
      transfer !== null &&
      transfer.from === page.from &&
      transfer.term === page.term &&
      transfer.number === page.transfer &&
      transfer.lastIndex === page.lastIndex &&
      transfer.lastTerm === page.lastTerm
    );
  }

  private answer(page: SnapshotPage, nextPage: number | null): void {
    this.state.out.afterPersist.push({
      type: 'snapshotResponse',
      from: this.state.id,
      to: page.from,
      term: this.state.term,
      lastIndex: page.lastIndex,
      transfer: page.transfer,
      nextPage,
      round: page.round,
      recovery: this.state.memory.nonce,
    });
  }
}
