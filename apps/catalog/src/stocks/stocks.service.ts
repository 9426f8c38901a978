import { Injectable } from '@nestjs/common';
import {
  Call,
  crashPoint,
  RecordedCall,
  ServiceError,
  type AuditCall,
  type AuditPage,
  type ListOwnStocksCall,
  type ListStocksCall,
  type LookupAnswer,
  type LookupCall,
  type OwnStocks,
  type RestoreAnswer,
  type RestoreCall,
  type Stock,
  type StockPage,
  type TradeCall,
  type TradeOutcome,
  type UnrecordedCall,
  type UnrecordedTrades,
} from '@stock-bazaar/contracts';
import { ReplicatedLog } from '@stock-bazaar/replication';
import { WatchesService } from '../subscriptions/watches.service.js';
import type { CatalogCommand, CatalogResult, Undecided } from './catalog.command.js';
import { StockBook } from './stock-book.js';

const UNCONFIRMED =
  'the catalog is new and waits until an order leader has confirmed that no trade is on record that it lacks';

const FOREIGN =
  'this catalog serves another order group, so nothing was executed; check CATALOG_REPLICAS of the order group, and the data directories of both';

/** What the catalog does for others. Everything is answered by the leader, from committed state. */
@Injectable()
export class StocksService {
  constructor(
    private readonly log: ReplicatedLog<CatalogCommand, CatalogResult>,
    private readonly book: StockBook,
    private readonly watches: WatchesService,
  ) {
    book.onChange = (change) => watches.changed(change);
  }

  async lookup({ name, watch }: LookupCall): Promise<LookupAnswer> {
    await this.readable();
    const stock = this.book.find(name);
    if (!stock) throw new ServiceError('STOCK_NOT_FOUND');
    const isWatched = this.watches.hold(watch, name);
    await this.seenByAll([stock]);
    return { stock, isWatched };
  }

  async list({ after, limit, orderGroup }: ListStocksCall): Promise<StockPage> {
    if (orderGroup !== undefined) this.refuseForeign(orderGroup);
    await this.readable();
    const page = this.page(after, limit);
    await this.seenByAll(page.stocks);
    return page;
  }

  /** What this member has applied, leader or not, behind the others or not. */
  listOwn({ after, limit }: ListOwnStocksCall): OwnStocks {
    return { ...this.page(after, limit), appliedIndex: this.log.status().appliedIndex };
  }

  async trade({
    key,
    name,
    type: side,
    quantity,
    recordedUpTo,
    orderTerm,
    orderGroup,
  }: TradeCall): Promise<TradeOutcome> {
    this.refuseForeign(orderGroup);
    crashPoint('catalog: trade taken, not proposed');
    const result = await this.log.propose({
      type: 'trade',
      key,
      name,
      side,
      quantity,
      executedAt: Date.now(),
      recordedUpTo,
      orderTerm,
      orderGroup,
    });
    switch (result.type) {
      case 'decided':
        crashPoint('catalog: trade decided, gateways not waited for');
        // Also for a repeat: the first copy may still be waiting for a gateway. And for a refusal: it tells of the trades before.
        await this.watches.settled([name]);
        crashPoint('catalog: gateways have confirmed, trade not answered');
        return result.outcome;
      case 'undecided':
        throw refusalToDecide(result.because);
      case 'done':
      case 'restored':
        throw new ServiceError('INTERNAL_ERROR');
    }
  }

  /**
   * Trades that the order group may not have: it says which number was its last one. Whoever asks may call everything else
   * "not found" afterwards, so older order leaders are shut out first.
   */
  async unrecorded({ after, limit, orderTerm, orderGroup }: UnrecordedCall): Promise<UnrecordedTrades> {
    await this.log.read();
    if (!this.book.isSeeded) throw refusalToDecide('notSeeded');
    const isNews = orderTerm !== this.book.orderTerm || orderGroup !== this.book.orderGroup;
    if (isNews || after > this.book.lastNumber) await this.recorded({ upTo: after, orderTerm, orderGroup });
    const { lastNumber } = this.book;
    const trades = this.book.executedAfter(after, limit);
    // Once on record they can be acknowledged, without the catalog being asked again.
    await this.watches.settled(trades.map(({ name }) => name));
    if (trades.length > 0) crashPoint('catalog: orphans found, not handed over');
    return { trades, lastNumber };
  }

  async recorded({ upTo, orderTerm, orderGroup }: Omit<RecordedCall, keyof Call>): Promise<Record<string, never>> {
    this.refuseForeign(orderGroup);
    crashPoint('catalog: told what is on record, not noted');
    const result = await this.log.propose({ type: 'recorded', upTo, orderTerm, orderGroup });
    if (result.type === 'undecided') throw refusalToDecide(result.because);
    crashPoint('catalog: noted what is on record, not answered');
    return {};
  }

  /** Read in one turn, so all of it is of the same moment. Also answered by a catalog that has forgotten, to show it. */
  async audit({ after, limit }: AuditCall): Promise<AuditPage> {
    await this.log.read();
    if (!this.book.isSeeded) throw refusalToDecide('notSeeded');
    const { stocks, next } = this.page(after, limit);
    const audited = stocks.map(({ name, quantity, volume }) => {
      return { name, initialQuantity: this.book.initialQuantity(name), quantity, volume };
    });
    return { stocks: audited, next, lastNumber: this.book.lastNumber, recordedUpTo: this.book.recordedUpTo };
  }

  /** Takes back trades that are on record. Needed only by a catalog that has forgotten; harmless to any other. */
  async restore({ trades }: RestoreCall): Promise<RestoreAnswer> {
    const result = await this.log.propose({ type: 'restore', trades });
    if (result.type === 'undecided') throw refusalToDecide(result.because);
    if (result.type !== 'restored') throw new ServiceError('INTERNAL_ERROR');
    await this.watches.settled(trades.map(({ name }) => name));
    return { lastNumber: result.lastNumber, problem: result.problem };
  }

  /** Before anything is proposed: another order group must not make this log grow. The command itself is decided in the log. */
  private refuseForeign(orderGroup: string): void {
    const known = this.book.orderGroup;
    if (known !== null && known !== orderGroup) throw refusalToDecide('foreign');
  }

  /**
   * What is shown to one must not be unseen by another afterwards: a trade that was read here before it is acknowledged
   * could still be missing from the cache of some gateway.
   */
  private seenByAll(stocks: readonly Stock[]): Promise<void> {
    return this.watches.settled(stocks.map(({ name }) => name));
  }

  private page(after: string | undefined, limit: number): StockPage {
    const stocks = this.book.list(after ?? '', limit + 1);
    const page = stocks.slice(0, limit);
    return { stocks: page, next: stocks.length > limit ? (page.at(-1)?.name ?? null) : null };
  }

  private async readable(): Promise<void> {
    await this.log.read();
    if (!this.book.isSeeded) throw refusalToDecide('notSeeded');
    if (this.book.isBehind) throw refusalToDecide('behind');
    // A new catalog may stand in the place of one that was lost: then the first stocks are not what there is.
    if (this.book.orderTerm === 0) throw new ServiceError('CATALOG_UNAVAILABLE', UNCONFIRMED, { retryAfterMs: 100 });
  }
}

function refusalToDecide(because: Undecided): ServiceError {
  switch (because) {
    case 'keyReused':
      return new ServiceError('IDEMPOTENCY_KEY_REUSED');
    case 'notSeeded':
      return new ServiceError('CATALOG_UNAVAILABLE', 'the catalog is still taking in its first stocks', {
        retryAfterMs: 100,
      });
    case 'behind':
      return new ServiceError('CATALOG_BEHIND');
    case 'foreign':
      return new ServiceError('WRONG_GROUP', FOREIGN);
    case 'superseded':
      return new ServiceError('SUPERSEDED');
  }
}
