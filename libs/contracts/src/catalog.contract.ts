import { IsInt, IsOptional, IsString, IsUUID, Matches, Max, Min } from 'class-validator';
import { Call } from './call.js';
import type { Order } from './order.contract.js';
import { STOCK_NAME_PATTERN } from './rules.js';

export const CATALOG_PATTERNS = {
  lookup: 'catalog.lookup',
  list: 'catalog.list',
  watch: 'catalog.watch',
  follow: 'catalog.follow',
} as const;

/** One stock, as the exchange knows it. */
export interface Stock {
  readonly name: string;
  readonly priceCents: number;
  /** Shares that can be bought now. */
  readonly quantity: number;
  /** Shares traded so far, bought and sold. */
  readonly volume: number;
  /** Largest allowed trade; 0 for no limit. */
  readonly maxTradingVolume: number;
  /** Log index of the last change. A larger version is newer. */
  readonly version: number;
}

export class LookupCall extends Call {
  @Matches(STOCK_NAME_PATTERN)
  name!: string;

  /** The caller's watch, if it wants to cache the answer. */
  @IsOptional()
  @IsUUID()
  watch?: string;
}

export interface LookupAnswer {
  readonly stock: Stock;
  /** False when the catalog could not rule out later trades, because there was no leader or no quorum. */
  readonly isFresh: boolean;
  /** Whether the caller's watch will report the stock's next change. Only then may the answer be cached. */
  readonly isWatched: boolean;
}

/** Asks for a page of a list that is sorted by name. */
export class NamesPageCall extends Call {
  /** Name after which the page begins, in code point order; absent for the first page. */
  @IsOptional()
  @IsString()
  after?: string;

  @IsInt()
  @Min(1)
  @Max(1000)
  limit!: number;
}

export class ListStocksCall extends NamesPageCall {}

export interface StockPage {
  readonly stocks: readonly Stock[];
  /** Pass as `after` for the next page; null on the last one. */
  readonly next: string | null;
  /** False when the catalog could not rule out later trades. */
  readonly isFresh: boolean;
}

/** Asks for the trades after a number. The answer waits a moment for the next trade when there is none yet. */
export class FollowCall extends Call {
  /** Only trades after this number; absent to ask for the last number alone. */
  @IsOptional()
  @IsInt()
  @Min(0)
  after?: number;

  @IsInt()
  @Min(1)
  @Max(1000)
  limit!: number;
}

export interface FollowAnswer {
  /** In order of number, without gaps, from `after + 1`. Empty when no trade came in time. */
  readonly orders: readonly Order[];
  /** The stocks of these trades, as they are now. */
  readonly stocks: readonly Stock[];
  /** Number of the last trade that this catalog has; 0 before the first. */
  readonly lastNumber: number;
  /** False when this catalog holds no read lease, so that it may be behind. */
  readonly isFresh: boolean;
}
