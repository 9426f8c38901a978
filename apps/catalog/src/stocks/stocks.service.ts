import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ServiceError, type ListStocksCall, type LookupAnswer, type LookupCall, type StockPage } from '#contracts';
import { Exchange, touches, type ExchangeCommand } from '#exchange';
import { NoLeader, OutcomeUnknown, ReplicatedLog } from '#replication';
import { Watches } from '../watches/watches.js';
import { shown } from './shown.js';

/**
 * Longer than a read lease, because a trade of the stock may be waiting for the end of one. Without a lease the leader is asked,
 * and one that has not answered by then is taken to be out of reach.
 */
const PROOF_LIMIT_MS = 600;
/** Left of the caller's time for the answer itself. */
const ANSWER_MS = 100;
const NO_STOCKS = 'the exchange has no stocks yet, as far as this catalog knows';

/** Answers lookups from this catalog's own database, as fresh as if the leader had been asked. */
@Injectable()
export class StocksService implements OnModuleDestroy {
  private isStopping = false;

  constructor(
    private readonly log: ReplicatedLog<ExchangeCommand>,
    private readonly exchange: Exchange,
    private readonly watches: Watches,
  ) {}

  onModuleDestroy(): void {
    this.isStopping = true;
  }

  async lookup({ name, watch, timeoutMs }: LookupCall): Promise<LookupAnswer> {
    // Only what exists is held, so that names nobody has heard of take no memory.
    const isWatched = this.exchange.findStock(name) !== undefined && this.watches.hold(watch, name);
    const isFresh = await this.isFresh((command) => touches(command, name), timeoutMs);
    this.assertOpen();
    const stock = this.exchange.findStock(name);
    if (stock) return { stock: shown(stock), isFresh, isWatched: isWatched && isFresh };
    if (isFresh && !this.exchange.isEmpty) throw new ServiceError('STOCK_NOT_FOUND');
    throw noStocks(
      isFresh ? NO_STOCKS : `this catalog has no stock ${name}, and no leader tells it whether that is all`,
    );
  }

  async list({ after, limit, timeoutMs }: ListStocksCall): Promise<StockPage> {
    const isFresh = await this.isFresh(() => true, timeoutMs);
    this.assertOpen();
    if (this.exchange.isEmpty) throw noStocks(NO_STOCKS);
    const { stocks, next } = this.exchange.listStocks(after, limit);
    return { stocks: stocks.map(shown), next, isFresh };
  }

  /** Throws `SHUTTING_DOWN` for a request that waited while this process stopped: its database is closed. */
  private assertOpen(): void {
    if (this.isStopping) throw new ServiceError('SHUTTING_DOWN');
  }

  /** Waits until local state shows every acknowledged trade that touches the read. False when nobody can tell whether it does. */
  private async isFresh(concerns: (command: ExchangeCommand) => boolean, timeoutMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<false>((resolve) => {
      timer = setTimeout(resolve, Math.min(PROOF_LIMIT_MS, Math.max(timeoutMs - ANSWER_MS, timeoutMs / 2)), false);
    });
    try {
      return await Promise.race([this.log.readLocal({ touches: concerns }).then(() => true), limit]);
    } catch (error) {
      if (error instanceof NoLeader || error instanceof OutcomeUnknown) return false;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

function noStocks(message: string): ServiceError {
  return new ServiceError('CATALOG_UNAVAILABLE', message, { retryAfterMs: 100 });
}
