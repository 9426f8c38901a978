import { Injectable, Logger } from '@nestjs/common';
import { crashPoint, crashPointOnceSent, type Trade, messageOf } from '@stock-bazaar/contracts';
import { NotLeader, OutcomeUnknown, ReplicatedLog } from '@stock-bazaar/replication';
import { CatalogClient, type Standing } from '../orders/catalog.client.js';
import type { OrderCommand, OrderResult } from '../orders/order.command.js';
import { OrderBook } from '../orders/order-book.js';

/** A trade that is executed, and whoever waits for it to be on record. */
interface Unrecorded {
  readonly trade: Trade;
  readonly onRecord: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** So long a missing number may be on its way from the catalog. */
const GAP_PATIENCE_MS = 20;

/** Names the calls that no client asked for in the logs of other processes. */
const REQUEST_ID = 'order-recovery';

/**
 * Puts executed trades on record, in order of number. What comes together is proposed together, without waiting for the
 * proposal before. When a number is missing, its trade was executed for somebody who could not record it (an orphan):
 * the catalog is asked for it, because nothing after it can go on record before.
 */
@Injectable()
export class Recorder {
  private readonly logger = new Logger(Recorder.name);
  private readonly unrecorded = new Map<number, Unrecorded>();
  private proposedUpTo = 0;
  private isScheduled = false;
  private gapTimer: NodeJS.Timeout | undefined;
  private recovery: Promise<void> | undefined;
  private nextRecovery: Promise<void> | undefined;

  constructor(
    private readonly log: ReplicatedLog<OrderCommand, OrderResult>,
    private readonly book: OrderBook,
    private readonly catalog: CatalogClient,
  ) {}

  /**
   * Resolves when the trade is on a majority's disk. Rejects with `OutcomeUnknown` when that is not known to be so; the
   * trade stays executed and will be recorded by whoever leads next.
   */
  record(trade: Trade): Promise<void> {
    if (trade.number <= this.book.lastNumber) return this.compare(trade);
    const known = this.unrecorded.get(trade.number);
    if (known) return known.onRecord;
    const { promise, resolve, reject } = withResolvers();
    // A trade that was fetched as an orphan may have nobody who waits for it.
    promise.catch(() => undefined);
    this.unrecorded.set(trade.number, { trade, onRecord: promise, resolve, reject });
    this.schedule();
    return promise;
  }

  /** What this leader may say of itself. Throws `NotLeader` before its group is born: it has not shown yet that it leads. */
  get standing(): Standing {
    const { groupId } = this.log;
    if (groupId === null) throw new NotLeader(null);
    return { orderGroup: groupId, recordedUpTo: this.book.lastNumber, orderTerm: this.log.term };
  }

  /**
   * Asks the catalog for trades that are not on record, and records them. Rejects when one of them can't be. The catalog
   * is always asked after the call: a round that is under way may have been answered before the caller's trade was executed.
   */
  recoverOrphans(): Promise<void> {
    if (!this.recovery) return this.beginRecovery();
    const underWay = this.recovery.catch(() => undefined);
    this.nextRecovery ??= underWay.then(() => {
      this.nextRecovery = undefined;
      return this.beginRecovery();
    });
    return this.nextRecovery;
  }

  private beginRecovery(): Promise<void> {
    const recovery = this.fetchOrphans().finally(() => {
      if (this.recovery === recovery) this.recovery = undefined;
    });
    this.recovery = recovery;
    return recovery;
  }

  private async fetchOrphans(): Promise<void> {
    let goal = Infinity;
    while (this.book.lastNumber < goal) {
      const { trades, lastNumber: executed } = await this.catalog.unrecorded(this.standing, REQUEST_ID);
      goal = Math.min(goal, executed);
      const orphans = trades.filter(({ number }) => number > this.book.lastNumber && !this.unrecorded.has(number));
      const [first] = orphans;
      if (first) crashPoint('order: orphans fetched, not recorded');
      await Promise.all(trades.map((trade) => this.record(trade)));
      if (!first) continue;
      crashPoint('order: orphans recorded, catalog not told');
      const words = orphans.length === 1 ? '1 trade' : `${orphans.length} trades`;
      this.logger.log(`recorded ${words} that only the catalog knew of, from number ${first.number} on`);
    }
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.proposeNext();
    });
  }

  private proposeNext(): void {
    const start = Math.max(this.proposedUpTo, this.book.lastNumber) + 1;
    const batch: Unrecorded[] = [];
    for (let next = this.unrecorded.get(start); next; next = this.unrecorded.get(start + batch.length))
      batch.push(next);
    if (batch.length > 0) {
      this.proposedUpTo = start + batch.length - 1;
      void this.propose(batch);
    } else if ([...this.unrecorded.keys()].some((number) => number > start)) {
      this.gapTimer ??= setTimeout(() => this.fillGap(start), GAP_PATIENCE_MS);
    }
  }

  /** Answers of the catalog may overtake each other; a number that is still missing after a while is an orphan's. */
  private fillGap(start: number): void {
    this.gapTimer = undefined;
    if (this.book.lastNumber >= start || this.unrecorded.has(start)) {
      this.schedule();
      return;
    }
    crashPoint('order: number missing, orphans not asked for');
    this.recoverOrphans().catch((error: unknown) => this.giveUp([...this.unrecorded.values()], error));
  }

  private async propose(batch: readonly Unrecorded[]): Promise<void> {
    crashPointOnceSent('order: trade proposed, not committed');
    try {
      const { lastNumber, contradicted } = await this.log.propose({
        type: 'record',
        trades: batch.map(({ trade }) => trade),
      });
      if (contradicted !== null) throw this.contradiction(contradicted);
      const isOnRecord = ({ trade }: Unrecorded): boolean => trade.number <= lastNumber;
      for (const recorded of batch.filter(isOnRecord)) {
        this.unrecorded.delete(recorded.trade.number);
        recorded.resolve();
      }
      if (!batch.every(isOnRecord)) this.startOver();
    } catch (error) {
      this.giveUp(batch, error);
    }
  }

  /** The catalog has executed these, so whatever the reason, "not executed" would be a lie. */
  private giveUp(batch: readonly Unrecorded[], error: unknown): void {
    const reason = new OutcomeUnknown(`executed, and not recorded yet (${messageOf(error)})`);
    for (const { trade, reject } of batch) {
      this.unrecorded.delete(trade.number);
      reject(reason);
    }
    this.startOver();
  }

  /** A proposal was lost, so those behind it were refused: begin again behind what is on record. */
  private startOver(): void {
    this.proposedUpTo = this.book.lastNumber;
    if (this.unrecorded.size > 0) this.schedule();
  }

  private compare(trade: Trade): Promise<void> {
    if (this.book.find(trade.number)?.key === trade.key) return Promise.resolve();
    return Promise.reject(this.contradiction(trade.number));
  }

  private contradiction(number: number): OutcomeUnknown {
    const what = `the catalog gave number ${number} to another trade than the one on record: it has forgotten trades`;
    this.logger.error(what);
    return new OutcomeUnknown(what);
  }
}

/** `Promise.withResolvers`, which Node 20 lacks. */
function withResolvers(): { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } {
  let resolve!: () => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<void>((res, rej) => {
    resolve = res;
    reject = rej;
  });
  return { promise, resolve, reject };
}
