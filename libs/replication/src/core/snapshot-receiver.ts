import type { ReplicaState } from './replica-state.js';
import type { MemberId, SnapshotPage } from './messages.js';
import type { PageToStore } from './ready.js';

/**
 * The snapshot whose pages are being kept. Pages count only together with others of the same snapshot: another leader may cut its
 * pages elsewhere, and one that begins again may read them from a later state. A mixture would be a state that never was.
 */
interface IncomingSnapshot {
  readonly from: MemberId;
  readonly term: number;
  /** Its number among those that `from` has begun in `term`. */
  readonly number: number;
  readonly lastIndex: number;
  readonly lastTerm: number;
  nextPage: number;
}

/**
 * The half of a snapshot that a follower or learner does (the leader's is in propagation.ts; compare Raft paper 7): keeps pages
 * in order, one at a time, and installs them with the last one.
 */
export class SnapshotReceiver {
  private incoming: IncomingSnapshot | null = null;
  /** The page that is on its way to the disk. */
  private writing: PageToStore | null = null;

  constructor(private readonly state: ReplicaState) {}

  receive(page: SnapshotPage): void {
    const { log } = this.state;
    // The log that this would be compared with is about to be replaced. The leader sends the page again.
    if (this.state.installing) return;
    if (page.lastIndex <= log.commitIndex || log.matches(page.lastIndex, page.lastTerm)) {
      // Nothing to install: all that the snapshot covers is in our log.
      log.settleTo(page.lastIndex);
      // A learner says so only when it has released all of that, as with entries.
      if (this.state.receipts === null || this.state.receipts.releasedIndex >= page.lastIndex) this.answer(page, null);
      return;
    }
    if (this.isStale(page)) return;
    if (page.page === 0 && !this.isSame(page)) this.begin(page);
    const incoming = this.isSame(page) ? this.incoming : null;
    // One page is kept at a time. If another one waits for the disk, the leader sends this one again.
    if (incoming?.nextPage === page.page && this.state.out.storePage !== null) return;
    if (incoming?.nextPage === page.page) this.keep(page, incoming);
    this.answer(page, page.done && incoming?.nextPage === page.page + 1 ? null : (incoming?.nextPage ?? 0));
  }

  /** The page that was handed out to be stored is on its way to the disk. */
  handedOut(page: PageToStore): void {
    this.writing = page;
  }

  /** That page is durable. If it was the last one, the snapshot has taken the place of state and log. */
  persisted(): void {
    const page = this.writing;
    this.writing = null;
    if (page?.done !== true) return;
    this.state.log.replacedBySnapshot(page.lastIndex);
    this.state.receipts?.replacedBySnapshot(page.lastIndex);
    // Appends are taken again.
    this.state.installing = false;
    this.incoming = null;
  }

  private begin({ from, term, snapshotNumber: number, lastIndex, lastTerm }: SnapshotPage): void {
    this.incoming = { from, term, number, lastIndex, lastTerm, nextPage: 0 };
  }

  private keep(page: SnapshotPage, incoming: IncomingSnapshot): void {
    const { lastIndex, lastTerm, data, done } = page;
    this.state.out.storePage = { lastIndex, lastTerm, page: page.page, data, done };
    // From now on nothing else is taken: it would be written after the snapshot, and wiped out though acknowledged.
    this.state.installing = done;
    incoming.nextPage += 1;
  }

  /** A late page of a snapshot that its leader has given up. To begin that one again would drop the pages of the present one. */
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

  /** After the sync: the leader goes on to the next page, and never sends this one again. */
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
