import { CACHE_MANAGER, type Cache } from '@nestjs/cache-manager';
import { Inject, Injectable } from '@nestjs/common';
import type { LookupAnswer, Stock } from '#contracts';
import { FrontendConfig } from '../frontend.config.js';
import { VersionFloors } from './version-floors.js';

/**
 * Permission to serve one answer of a catalog from the cache, taken before the catalog is asked. An invalidation that comes
 * afterwards ends it, also while the answer is on its way: it may have been read before the trade that is to be invisible.
 */
export class FillToken {
  /** Whether no change was heard of since the token was taken. */
  isUntouched = true;

  /** @param watch the lease under which the catalog is asked; undefined without one */
  constructor(
    readonly name: string,
    readonly watch: string | undefined,
  ) {}
}

interface Entry {
  readonly stock: Stock;
  readonly token: FillToken;
  /** The watch that is told of the stock's next change; undefined when none is. */
  readonly watch: string | undefined;
  /** On the monotonic clock. */
  readonly freshUntil: number;
}

export interface CachedStock {
  readonly stock: Stock;
  /** The watch under whose lease it may be served as fresh; undefined when it is good only in place of no answer at all. */
  readonly watch: string | undefined;
}

/**
 * The stocks that were looked up last. Promises, whatever the order in which lookups and trades overtake each other:
 *
 * - once `invalidate` was called, nothing that was asked for before is served as fresh;
 * - a newer version is never replaced by an older one.
 *
 * The store behind it is asynchronous, so a write may land after an invalidation that came later. All of it is
 * therefore kept where an entry is read: each entry holds the token of its fill, which an invalidation ends at once.
 */
@Injectable()
export class StockCache {
  /** Fills on their way, by name; bounded by the requests under way. */
  private readonly fills = new Map<string, Set<FillToken>>();
  private readonly floors: VersionFloors;

  constructor(
    @Inject(CACHE_MANAGER) private readonly store: Cache,
    private readonly config: FrontendConfig,
  ) {
    this.floors = new VersionFloors(config.cacheSize);
  }

  /** The stock, unless it is unknown or was evicted. */
  async get(name: string): Promise<CachedStock | undefined> {
    const entry = await this.store.get<Entry>(name);
    if (entry === undefined || entry.stock.version < this.floors.of(name)) return undefined;
    const isFresh = entry.token.isUntouched && performance.now() < entry.freshUntil;
    return { stock: entry.stock, watch: isFresh ? entry.watch : undefined };
  }

  /** To be called before the catalog is asked; each token ends in `fill` or `release`. */
  beginFill(name: string, watch?: string): FillToken {
    const token = new FillToken(name, watch);
    const fills = this.fills.get(name);
    if (fills) fills.add(token);
    else this.fills.set(name, new Set([token]));
    return token;
  }

  /** Keeps what the catalog answered, unless there is something newer. */
  async fill(token: FillToken, { stock, isWatched }: LookupAnswer): Promise<void> {
    if (stock.version >= this.floors.of(token.name)) {
      this.floors.raise(token.name, stock.version);
      const watch = isWatched ? token.watch : undefined;
      await this.store.set(token.name, { stock, token, watch, freshUntil: performance.now() + this.config.cacheTtlMs });
    }
    this.release(token);
  }

  /** Ends a token that leads to no fill. */
  release(token: FillToken): void {
    const fills = this.fills.get(token.name);
    fills?.delete(token);
    if (fills?.size === 0) this.fills.delete(token.name);
  }

  /** A trade of the stock is about to take effect. Once this has resolved, that may be confirmed. */
  async invalidate(name: string): Promise<void> {
    for (const token of this.fills.get(name) ?? []) token.isUntouched = false;
    const entry = await this.store.get<Entry>(name);
    if (entry) entry.token.isUntouched = false;
  }

  /** The names that were cached last, for warming up after a restart. */
  recentNames(): readonly string[] {
    return this.floors.names();
  }
}
