import type { MemberId } from '../core/messages.js';
import type { PageRequest } from '../core/ready.js';
import type { SnapshotSource, Storage } from '../ports.js';

/** How long an unused snapshot stays open, in milliseconds. Closed then, because it keeps the write-ahead log from being reset. */
const IDLE_LIMIT_MS = 30_000;

interface OpenSnapshot {
  readonly source: SnapshotSource;
  page: number;
  current: { readonly data: string; readonly done: boolean };
  usedAt: number;
}

/** A page in the form of `Replica.snapshotPage`. */
export interface ReadPage {
  readonly data: string;
  readonly done: boolean;
  readonly lastIndex: number;
  readonly lastTerm: number;
}

/** Reads snapshots for members that lag, one for each member. Pages are read one by one, in order. */
export class SnapshotFeed {
  private readonly open = new Map<MemberId, OpenSnapshot>();

  constructor(
    private readonly storage: Storage,
    private readonly now: () => number,
  ) {}

  /** Reads a page. Page 0 opens a new snapshot; any other is the next page, or the last one again. Undefined if it is gone. */
  read({ to, page }: PageRequest): ReadPage | undefined {
    if (page === 0) this.begin(to);
    const snapshot = this.open.get(to);
    if (!snapshot) return undefined;
    if (page === snapshot.page + 1) this.advance(snapshot);
    if (page !== snapshot.page) return undefined;
    snapshot.usedAt = this.now();
    const { lastIndex, lastTerm } = snapshot.source;
    return { ...snapshot.current, lastIndex, lastTerm };
  }

  closeIdle(): void {
    const idleSince = this.now() - IDLE_LIMIT_MS;
    for (const [member, snapshot] of this.open) if (snapshot.usedAt < idleSince) this.close(member);
  }

  closeAll(): void {
    for (const member of [...this.open.keys()]) this.close(member);
  }

  private begin(to: MemberId): void {
    this.close(to);
    const snapshot = {
      source: this.storage.openSnapshot(),
      page: -1,
      current: { data: '', done: false },
      usedAt: this.now(),
    };
    this.advance(snapshot);
    this.open.set(to, snapshot);
  }

  private advance(snapshot: OpenSnapshot): void {
    const next = snapshot.source.pages.next();
    if (next.done === true) return;
    snapshot.current = next.value;
    snapshot.page += 1;
  }

  private close(member: MemberId): void {
    this.open.get(member)?.source.close();
    this.open.delete(member);
  }
}
