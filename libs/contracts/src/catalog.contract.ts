import { IsIn, IsInt, IsOptional, IsString, IsUUID, Length, Matches, Max, Min } from 'class-validator';
import { Call } from './call.js';
import type { Reason } from './errors/reasons.js';
import {
  MAX_TRADE_QUANTITY,
  STOCK_NAME_PATTERN,
  TRADE_KEY_PATTERN,
  TRADE_TYPES,
  type TradeType,
} from './trading/rules.js';

export const CATALOG_PATTERNS = {
  lookup: 'catalog.lookup',
  list: 'catalog.list',
  listOwn: 'catalog.listOwn',
  trade: 'catalog.trade',
  unrecorded: 'catalog.unrecorded',
  recorded: 'catalog.recorded',
  watch: 'catalog.watch',
  audit: 'catalog.audit',
  restore: 'catalog.restore',
} as const;

/** One stock, as the catalog knows it. */
export interface Stock {
  readonly name: string;
  readonly priceCents: number;
  /** Shares that can be bought now. */
  readonly quantity: number;
  /** Shares traded so far, bought and sold. */
  readonly volume: number;
  /** Largest allowed trade; 0 for no limit. */
  readonly maxTradingVolume: number;
  /** The catalog's log index of the last change; a larger one is newer. */
  readonly version: number;
}

export class LookupCall extends Call {
  @Matches(STOCK_NAME_PATTERN)
  name!: string;

  /** The caller's watch, when it wants to cache the answer. */
  @IsOptional()
  @IsUUID()
  watch?: string;
}

export interface LookupAnswer {
  readonly stock: Stock;
  /** Whether the caller's watch will be told of the stock's next change. Only then may the answer be cached. */
  readonly isWatched: boolean;
}

/** Asks for a page of something that has names. */
export class NamesPageCall extends Call {
  /** Only names after this one, in code point order; absent to start. */
  @IsOptional()
  @IsString()
  after?: string;

  @IsInt()
  @Min(1)
  @Max(1000)
  limit!: number;
}

export class ListStocksCall extends NamesPageCall {
  /** Id of the order group that the caller trades with; a catalog that serves another one refuses. */
  @IsOptional()
  @Length(1, 64)
  orderGroup?: string;
}

export interface StockPage {
  readonly stocks: readonly Stock[];
  /** Pass as `after` for the next page; null on the last one. */
  readonly next: string | null;
}

/** What a person asks for. */
export class TradeRequest extends Call {
  /** The idempotency key: names this trade everywhere, for ever. */
  @Matches(TRADE_KEY_PATTERN)
  key!: string;

  @Matches(STOCK_NAME_PATTERN)
  name!: string;

  @IsIn(TRADE_TYPES)
  type!: TradeType;

  @IsInt()
  @Min(1)
  @Max(MAX_TRADE_QUANTITY)
  quantity!: number;
}

/**
 * What an order leader asks of the catalog. `orderTerm` is its fence: once the catalog has heard a leader of a newer term,
 * it takes nothing more from this one. So a leader that was frozen and deposed can't execute what its successor has
 * already called "not found".
 */
export class TradeCall extends TradeRequest {
  /** Term of the order group in which the caller leads. */
  @IsInt()
  @Min(1)
  orderTerm!: number;

  /** The id of that order group. A catalog serves one, the first that has spoken to it. */
  @Length(1, 64)
  orderGroup!: string;

  /** Every trade up to this number is on record in the order group: the catalog may stop reporting them as unrecorded. */
  @IsInt()
  @Min(0)
  recordedUpTo!: number;
}

/** A trade that moved shares. It never changes. */
export interface Trade {
  /** 1, 2, 3, … without gaps, in the order in which shares moved. */
  readonly number: number;
  readonly key: string;
  readonly name: string;
  readonly type: TradeType;
  readonly quantity: number;
  readonly priceCents: number;
  /** Milliseconds since 1970. */
  readonly executedAt: number;
}

export type RefusalReason = Extract<
  Reason,
  'STOCK_NOT_FOUND' | 'NOT_ENOUGH_STOCKS' | 'MAX_TRADING_VOLUME_EXCEEDED' | 'STOCK_LIMIT_EXCEEDED'
>;

/** The catalog's decision, the same for every repeat of the key. */
export type TradeOutcome =
  | { readonly executed: true; readonly replayed: boolean; readonly trade: Trade }
  | { readonly executed: false; readonly replayed: boolean; readonly reason: RefusalReason };

/** Asks for trades that were executed but, as far as the catalog knows, are not on record. */
export class UnrecordedCall extends Call {
  /** Only trades after this number, which is the last one on record. */
  @IsInt()
  @Min(0)
  after!: number;

  @IsInt()
  @Min(1)
  @Max(1000)
  limit!: number;

  @IsInt()
  @Min(1)
  orderTerm!: number;

  @Length(1, 64)
  orderGroup!: string;
}

export interface UnrecordedTrades {
  /** In order of number, without gaps, from `after + 1`. */
  readonly trades: readonly Trade[];
  /** The number of the last trade that was ever executed. */
  readonly lastNumber: number;
}

/** Says that every trade up to a number is on record. */
export class RecordedCall extends Call {
  @IsInt()
  @Min(0)
  upTo!: number;

  @IsInt()
  @Min(1)
  orderTerm!: number;

  @Length(1, 64)
  orderGroup!: string;
}
