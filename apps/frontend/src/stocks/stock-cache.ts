import { CACHE_MANAGER, type Cache } from '@nestjs/cache-manager';
import { Inject, Injectable } from '@nestjs/common';
import type { LookupAnswer, Stock } from '#contracts';
import { FrontendConfig } from '../frontend.config.js';
import { VersionFloors } from './version-floors.js';

/**
 * Permission to serve one answer of a catalog from the cache as fresh, taken before the catalog is asked. A later invalidation
 * revokes it, even while the answer is in flight: the catalog may have read the stock before the trade.
 */
export class FillToken {
  /** Whether the stock has not been invalidated since the token was taken. */
  isUntouched = true;

  /** @param watch the watch whose lease was valid when the catalog was asked; undefined without one */
  constructor(
    readonly name: string,
    readonly watch: string | undefined,
  ) {}
}

interface Entry {
  readonly stock: Stock;
  readonly token: FillToken;
  /** The watch that receives the next change of the stock; undefined when none does. */
  readonly watch: string | undefined;
  /** On the monotonic clock, in milliseconds. */
  readonly freshUntil: number;
}

export interface CachedStock {
  readonly stock: Stock;
  /** The watch under whose lease it may be served as fresh; undefined when it may be served only as `STALE`. */
  readonly watch: string | undefined;
}

/**
 * Caches the most recently used stocks. Invariants, however lookups and trades overtake each other:
 *
 * - once `invalidate` was called, no answer that was requested before is served as fresh;
 * - a newer version is never replaced by an older one.
 *
 * The store is asynchronous, so a write may land after a later invalidation. The invariants are therefore checked on reading:
 * each entry holds the token of its fill, which an invalidation revokes synchronously.
 */
@Injectable()
export class StockCache {
  /** Tokens of fills in flight, by name; bounded by the number of requests in progress. */
  private readonly fills = new Map<string, Set<FillToken>>();
  private readonly floors: VersionFloors;

  constructor(
    @Inject(CACHE_MANAGER) private readonly store: Cache,
    private readonly config: FrontendConfig,
  ) {
    this.floors = new VersionFloors(config.cacheSize);
  }

  /** Returns the cached stock; undefined when it is unknown or was evicted. */
  async get(name: string): Promise<CachedStock | undefined> {
    const entry = await this.store.get<Entry>(name);
    if (entry === undefined || entry.stock.version < this.floors.of(name)) return undefined;
    const isFresh = entry.token.isUntouched && performance.now() < entry.freshUntil;
    return { stock: entry.stock, watch: isFresh ? entry.watch : undefined };
  }

  /** Takes a token before the catalog is asked. Each token must be passed to `fill` or `release`. */
  beginFill(name: string, watch?: string): FillToken {
    const token = new FillToken(name, watch);
    const fills = this.fills.get(name);
    if (fills) fills.add(token);
    else this.fills.set(name, new Set([token]));
    return token;
  }

  /** Caches the answer of a catalog, unless a newer version was cached before. */
  async fill(token: FillToken, { stock, isWatched }: LookupAnswer): Promise<void> {
    if (stock.version >= this.floors.of(token.name)) {
      this.floors.raise(token.name, stock.version);
      const watch = isWatched ? token.watch : undefined;
      await this.store.set(token.name, { stock, token, watch, freshUntil: performance.now() + this.config.cacheTtlMs });
    }
    this.release(token);
  }

  /** Releases a token whose lookup failed. */
  release(token: FillToken): void {
    const fills = this.fills.get(token.name);
    fills?.delete(token);
    if (fills?.size === 0) this.fills.delete(token.name);
  }

  /** Revokes all tokens of a stock before a trade of it takes effect. Once this resolves, the change may be confirmed. */
  async invalidate(name: string): Promise<void> {
    for (const token of this.fills.get(name) ?? []) token.isUntouched = false;
    const entry = await this.store.get<Entry>(name);
    if (entry) entry.token.isUntouched = false;
  }

  /** Returns the names cached most recently, oldest first, for the warm-up after a restart. */
  recentNames(): readonly string[] {
    return this.floors.names();
  }
}
