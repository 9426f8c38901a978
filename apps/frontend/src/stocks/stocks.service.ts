import { Injectable } from '@nestjs/common';
import { CATALOG_PATTERNS, ServiceError, type LookupAnswer, type Stock, type StockPage } from '#contracts';
import { ExchangeGroup } from '../cluster/exchange-group.js';
import { FrontendConfig } from '../frontend.config.js';
import type { Caller, RequestContext } from '../server/request-context.js';
import { CacheLease } from './cache-lease.js';
import { StockCache, type FillToken } from './stock-cache.js';

/** Source of an answer, as in `X-Cache`. */
export type CacheResult = 'HIT' | 'MISS' | 'BYPASS' | 'STALE';

/** Result of a lookup. */
export interface FoundStock {
  readonly stock: Stock;
  readonly result: CacheResult;
}

/** A lookup in flight, which concurrent lookups of the same name may join. */
interface Flight {
  readonly token: FillToken;
  readonly answer: Promise<LookupAnswer>;
}

@Injectable()
export class StocksService {
  private readonly flights = new Map<string, Flight>();

  constructor(
    private readonly exchange: ExchangeGroup,
    private readonly cache: StockCache,
    private readonly lease: CacheLease,
    private readonly config: FrontendConfig,
  ) {}

  /** Looks a stock up. Throws `STOCK_NOT_FOUND`, or `CATALOG_UNAVAILABLE` when neither a catalog nor the cache can answer. */
  async lookup(name: string, caller: Caller): Promise<FoundStock> {
    if (!this.config.cacheEnabled) {
      const { stock, isFresh } = await this.ask(name, undefined, caller);
      return { stock, result: isFresh ? 'BYPASS' : 'STALE' };
    }
    const cached = await this.cache.get(name);
    if (cached && this.isLeased(cached.watch)) return { stock: cached.stock, result: 'HIT' };
    // With a stale answer in reserve, it is pointless to wait for frozen catalogs until the deadline.
    const remainingMs = cached ? Math.min(caller.remainingMs, this.config.rpcTimeoutMs) : caller.remainingMs;
    try {
      const { stock, isFresh } = await this.join(name, { id: caller.id, remainingMs });
      return isFresh ? { stock, result: 'MISS' } : await this.newest(stock);
    } catch (error) {
      const stale = isUnreachable(error) ? await this.cache.get(name) : undefined;
      if (stale) return { stock: stale.stock, result: 'STALE' };
      throw error;
    }
  }

  /** Returns the stock if the cache may serve it as fresh now; otherwise undefined. Never asks a catalog. */
  async cached(name: string): Promise<Stock | undefined> {
    if (!this.config.cacheEnabled) return undefined;
    const cached = await this.cache.get(name);
    return cached && this.isLeased(cached.watch) ? cached.stock : undefined;
  }

  /** Returns a page of all stocks in order of name, always from a catalog. */
  list(after: string | undefined, limit: number, context: RequestContext): Promise<StockPage> {
    const question = { ...(after !== undefined && { after }), limit };
    return this.exchange.askCatalog<StockPage>(CATALOG_PATTERNS.list, question, context, ({ isFresh }) => isFresh);
  }

  /** Returns the newer of the cached stock and one that no catalog could prove to be fresh. */
  private async newest(stock: Stock): Promise<FoundStock> {
    const cached = await this.cache.get(stock.name);
    const isNewer = cached !== undefined && cached.stock.version > stock.version;
    return { stock: isNewer ? cached.stock : stock, result: 'STALE' };
  }

  private isLeased(watch: string | undefined): boolean {
    return watch !== undefined && watch === this.lease.current;
  }

  /**
   * Makes one call of concurrent misses of one name. A flight may be joined only while its lease is valid and the stock was not
   * invalidated. Otherwise its answer may be older than a trade that the joining client knows of.
   */
  private async join(name: string, caller: Caller): Promise<LookupAnswer> {
    const current = this.flights.get(name);
    if (current?.token.isUntouched && this.isLeased(current.token.watch)) {
      const answer = await current.answer;
      // Otherwise it came from a catalog that does not watch this stock for us, so a change may have gone unnoticed.
      if (answer.isWatched) return answer;
    }
    return this.begin(name, caller);
  }

  private begin(name: string, caller: Caller): Promise<LookupAnswer> {
    const token = this.cache.beginFill(name, this.lease.current);
    const flight: Flight = { token, answer: this.askAndFill(token, caller) };
    this.flights.set(name, flight);
    const land = (): void => {
      if (this.flights.get(name) === flight) this.flights.delete(name);
    };
    flight.answer.then(land, land);
    return flight.answer;
  }

  private async askAndFill(token: FillToken, caller: Caller): Promise<LookupAnswer> {
    try {
      const answer = await this.ask(token.name, token.watch, caller);
      await this.cache.fill(token, answer);
      return answer;
    } catch (error) {
      this.cache.release(token);
      throw error;
    }
  }

  private ask(name: string, watch: string | undefined, caller: Caller): Promise<LookupAnswer> {
    const question = { name, ...(watch !== undefined && { watch }) };
    return this.exchange.askCatalog<LookupAnswer>(CATALOG_PATTERNS.lookup, question, caller, ({ isFresh }) => isFresh);
  }
}

/** Whether no catalog answered, or the last one asked was unable to. */
function isUnreachable(error: unknown): boolean {
  return error instanceof ServiceError && (error.code >= 500 || error.code === 429);
}
