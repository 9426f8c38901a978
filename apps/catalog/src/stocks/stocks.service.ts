import { Injectable } from '@nestjs/common';
import {
  RecordedCall,
  ServiceError,
  type ListStocksCall,
  type LookupCall,
  type Stock,
  type StockPage,
  type TradeCall,
  type TradeOutcome,
  type UnrecordedCall,
  type UnrecordedTrades,
} from '@stock-bazaar/contracts';
import { ReplicatedLog } from '@stock-bazaar/replication';
import type { CatalogCommand, CatalogResult } from './catalog.command.js';
import { StockBook } from './stock-book.js';

/** What the catalog does for others. Everything is answered by the leader, from committed state. */
@Injectable()
export class StocksService {
  constructor(
    private readonly log: ReplicatedLog<CatalogCommand, CatalogResult>,
    private readonly book: StockBook,
  ) {}

  async lookup({ name }: LookupCall): Promise<Stock> {
    await this.readable();
    const stock = this.book.find(name);
    if (!stock) throw new ServiceError('STOCK_NOT_FOUND');
    return stock;
  }

  async list({ after, limit }: ListStocksCall): Promise<StockPage> {
    await this.readable();
    const stocks = this.book.list(after ?? '', limit + 1);
    const page = stocks.slice(0, limit);
    return { stocks: page, next: stocks.length > limit ? (page.at(-1)?.name ?? null) : null };
  }

  async trade({ key, name, type: side, quantity, recordedUpTo }: TradeCall): Promise<TradeOutcome> {
    const result = await this.log.propose({
      type: 'trade',
      key,
      name,
      side,
      quantity,
      executedAt: Date.now(),
      recordedUpTo,
    });
    switch (result.type) {
      case 'decided':
        return result.outcome;
      case 'undecided':
        throw refusalToDecide(result.because);
      case 'done':
        throw new ServiceError('INTERNAL_ERROR');
    }
  }

  /** Trades that the order group may not have: it says which number was its last one. */
  async unrecorded({ after, limit }: UnrecordedCall): Promise<UnrecordedTrades> {
    await this.readable();
    const { lastNumber } = this.book;
    if (after > lastNumber) throw refusalToDecide('behind');
    return { trades: this.book.executedAfter(after, limit), lastNumber };
  }

  async recorded({ upTo }: RecordedCall): Promise<Record<string, never>> {
    await this.log.propose({ type: 'recorded', upTo });
    return {};
  }

  private async readable(): Promise<void> {
    await this.log.read();
    if (!this.book.isSeeded) throw refusalToDecide('notSeeded');
  }
}

function refusalToDecide(because: 'keyReused' | 'notSeeded' | 'behind'): ServiceError {
  switch (because) {
    case 'keyReused':
      return new ServiceError('IDEMPOTENCY_KEY_REUSED');
    case 'notSeeded':
      return new ServiceError('CATALOG_UNAVAILABLE', 'the catalog is still taking in its first stocks', {
        retryAfterMs: 100,
      });
    case 'behind':
      return new ServiceError('CATALOG_BEHIND');
  }
}
