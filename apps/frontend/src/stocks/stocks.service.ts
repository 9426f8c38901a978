import { Injectable } from '@nestjs/common';
import { CATALOG_PATTERNS, ServiceError, type LookupAnswer, type Stock, type StockPage } from '@stock-bazaar/contracts';
import { CatalogGroup } from '../cluster/catalog-group.js';
import { FrontendConfig } from '../frontend.config.js';
import type { RequestContext } from '../server/request-context.js';
import { CacheLease } from './cache-lease.js';
import { StockCache, type CachedStock, type FillToken } from './stock-cache.js';

/** Where an answer came from; the value of `X-Cache`. */
export type CacheResult = 'HIT' | 'MISS' | 'BYPASS' | 'STALE';

/** A lookup on its way, which others of the same name join. */
interface Flight {
  readonly token: FillToken;
  readonly stock: Promise<Stock>;
}

@Injectable()
export class StocksService {
  private readonly flights = new Map<string, Flight>();

  constructor(
    private readonly catalog: CatalogGroup,
    private readonly cache: StockCache,
    private readonly lease: CacheLease,
    private readonly config: FrontendConfig,
  ) {}

  /** Throws `STOCK_NOT_FOUND`, or `CATALOG_UNAVAILABLE` when neither the catalog nor the cache can answer. */
  async lookup(
    name: string,
    context: Pick<RequestContext, 'id' | 'remainingMs'>,
  ): Promise<{ readonly stock: Stock; readonly result: CacheResult }> {
    if (!this.config.cacheEnabled)
      return { stock: (await this.ask(name, undefined, context, context.remainingMs)).stock, result: 'BYPASS' };
    const cached = await this.cache.get(name);
    if (cached && this.isServable(cached)) return { stock: cached.stock, result: 'HIT' };
    // With an answer in reserve there is no point in waiting out the whole deadline for a frozen catalog.
    const timeoutMs = cached ? Math.min(context.remainingMs, this.config.rpcTimeoutMs) : context.remainingMs;
    try {
      return { stock: await this.join(name, context, timeoutMs), result: 'MISS' };
    } catch (error) {
      // Read again: a trade may have outdated it while the catalog was silent.
      const stale = isUnreachable(error) ? await this.cache.get(name) : undefined;
      if (stale) return { stock: stale.stock, result: 'STALE' };
      throw error;
    }
  }

  /** The stock, when the cache may answer for it now. Never asks anybody. */
  async cached(name: string): Promise<Stock | undefined> {
    if (!this.config.cacheEnabled) return undefined;
    const cached = await this.cache.get(name);
    return cached && this.isServable(cached) ? cached.stock : undefined;
  }

  /** A page of all stocks, in order of name; always from the catalog. */
  list(after: string | undefined, limit: number, context: RequestContext): Promise<StockPage> {
    return this.catalog.read<StockPage>(
      CATALOG_PATTERNS.list,
      { ...(after !== undefined && { after }), limit },
      context.id,
      context.remainingMs,
    );
  }

  /** Whether it is as good as a read from the catalog, at this moment. */
  private isServable({ isYoung, watch }: CachedStock): boolean {
    return isYoung && this.isLeased(watch);
  }

  private isLeased(watch: string | undefined): boolean {
    return watch !== undefined && watch === this.lease.current;
  }

  /**
   * Concurrent misses of one name are one call. A flight may only be joined while every change would have been heard of,
   * and none was: else its answer may be older than a trade that the newcomer knows of.
   */
  private join(name: string, context: Pick<RequestContext, 'id'>, timeoutMs: number): Promise<Stock> {
    const current = this.flights.get(name);
    if (current?.token.isUntouched && this.isLeased(current.token.watch)) return current.stock;
    const token = this.cache.beginFill(name, this.lease.current);
    const flight: Flight = { token, stock: this.askAndFill(token, context, timeoutMs) };
    this.flights.set(name, flight);
    const land = (): void => {
      if (this.flights.get(name) === flight) this.flights.delete(name);
    };
    flight.stock.then(land, land);
    return flight.stock;
  }

  private async askAndFill(token: FillToken, context: Pick<RequestContext, 'id'>, timeoutMs: number): Promise<Stock> {
    let answer: LookupAnswer;
    try {
      answer = await this.ask(token.name, token.watch, context, timeoutMs);
    } catch (error) {
      this.cache.release(token);
      throw error;
    }
    await this.cache.fill(token, answer);
    return answer.stock;
  }

  private ask(
    name: string,
    watch: string | undefined,
    context: Pick<RequestContext, 'id'>,
    timeoutMs: number,
  ): Promise<LookupAnswer> {
    const question = { name, ...(watch !== undefined && { watch }) };
    return this.catalog.read<LookupAnswer>(CATALOG_PATTERNS.lookup, question, context.id, timeoutMs);
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof ServiceError && error.reason === 'CATALOG_UNAVAILABLE';
}
