import { CACHE_MANAGER, type Cache } from '@nestjs/cache-manager';
import { Inject, Injectable } from '@nestjs/common';
import type { LookupAnswer, Stock } from '@stock-bazaar/contracts';
import { FrontendConfig } from '../frontend.config.js';
import { VersionFloors } from './version-floors.js';

/**
 * Permission to cache one answer of the catalog, taken before the catalog is asked. An invalidation that arrives
 * while the answer is on its way voids it: the answer may have been read before the trade that caused the invalidation.
 */
export class FillToken {
  /** Only a stock of at least this version may be served under the token. */
  voidBelow = 0;

  /**
   * @param watch the lease under which the catalog is asked; undefined without one
   * @param incarnation the exchange whose versions were known when it was taken
   */
  constructor(
    readonly name: string,
    readonly watch: string | undefined,
    readonly incarnation: string,
  ) {}

  /** Whether no change was heard of since the token was taken. */
  get isUntouched(): boolean {
    return this.voidBelow === 0;
  }
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
  /** False when it is older than the age limit: good only while the catalog is out of reach. */
  readonly isYoung: boolean;
  /** The watch under whose lease it may be served; undefined when there is none. */
  readonly watch: string | undefined;
}

/**
 * The stocks that were looked up last. Promises, whatever the order in which lookups and trades overtake each other:
 *
 * - once `invalidate` has resolved, nothing that was read before the trade is served again;
 * - a newer version is never replaced by an older one;
 * - nothing that was asked for while another exchange was known is served, or says what is new.
 *
 * The store behind it is asynchronous, so a write may land after an invalidation that came later. All of it is
 * therefore kept where an entry is read: each entry holds the token of its fill, which an invalidation voids at once.
 */
@Injectable()
export class StockCache {
  /** Fills on their way, by name; bounded by the requests under way. */
  private readonly fills = new Map<string, Set<FillToken>>();
  private floors: VersionFloors;
  private incarnation = '';

  constructor(
    @Inject(CACHE_MANAGER) private readonly store: Cache,
    private readonly config: FrontendConfig,
  ) {
    this.floors = new VersionFloors(config.cacheSize);
  }

  /** The stock, unless it is unknown, was evicted or invalidated. */
  async get(name: string): Promise<CachedStock | undefined> {
    const entry = await this.store.get<Entry>(name);
    if (entry === undefined || !this.admits(entry.token, entry.stock)) return undefined;
    return { stock: entry.stock, isYoung: performance.now() < entry.freshUntil, watch: entry.watch };
  }

  /** To be called before the catalog is asked; each token ends in `fill` or `release`. */
  beginFill(name: string, watch?: string): FillToken {
    const token = new FillToken(name, watch, this.incarnation);
    const fills = this.fills.get(name);
    if (fills) fills.add(token);
    else this.fills.set(name, new Set([token]));
    return token;
  }

  /** Caches what the catalog answered, unless that has become outdated on its way. */
  async fill(token: FillToken, { stock, isWatched }: LookupAnswer): Promise<void> {
    try {
      if (!this.admits(token, stock)) return;
      this.floors.raise(token.name, stock.version);
      const watch = isWatched ? token.watch : undefined;
      const entry: Entry = { stock, token, watch, freshUntil: performance.now() + this.config.cacheTtlMs };
      await this.store.set(token.name, entry);
    } finally {
      this.release(token);
    }
  }

  /** Ends a token that leads to no fill. */
  release(token: FillToken): void {
    const fills = this.fills.get(token.name);
    fills?.delete(token);
    if (fills?.size === 0) this.fills.delete(token.name);
  }

  /**
   * Forgets a stock that is older than the version, and voids fills that are on their way and will turn out to be. What
   * was void once this was called is never served, so the change may be confirmed as soon as it has resolved.
   */
  async invalidate(name: string, version: number): Promise<void> {
    for (const token of this.fills.get(name) ?? []) token.voidBelow = Math.max(token.voidBelow, version);
    this.floors.raise(name, version);
    const entry = await this.store.get<Entry>(name);
    if (entry === undefined || entry.stock.version >= version) return;
    entry.token.voidBelow = Math.max(entry.token.voidBelow, version);
    await this.store.del(name);
  }

  /**
   * To be called with the name of the exchange, before anything is cached under a lease of it. One with another name has
   * counted its versions anew: everything that was known before is forgotten, at once and with the fills on their way.
   */
  async enter(incarnation: string): Promise<void> {
    if (incarnation === this.incarnation) return;
    this.incarnation = incarnation;
    this.floors = new VersionFloors(this.config.cacheSize);
    await this.store.clear();
  }

  /** The names that were cached last, for warming up after a restart. */
  recentNames(): readonly string[] {
    return this.floors.names();
  }

  private admits(token: FillToken, stock: Stock): boolean {
    if (token.incarnation !== this.incarnation) return false;
    return stock.version >= token.voidBelow && stock.version >= this.floors.of(token.name);
  }
}
