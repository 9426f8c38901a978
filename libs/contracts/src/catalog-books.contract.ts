// Before class-transformer's @Type, which asks it for the types of members.
import 'reflect-metadata';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsInt, Matches, Max, Min, ValidateNested } from 'class-validator';
import { Call } from './call.js';
import { NamesPageCall, type Stock, type Trade } from './catalog.contract.js';
import {
  MAX_TRADE_QUANTITY,
  STOCK_NAME_PATTERN,
  TRADE_KEY_PATTERN,
  TRADE_TYPES,
  type TradeType,
} from './trading/rules.js';

/** Asks for what is needed to prove that no share was lost or made. */
export class AuditCall extends NamesPageCall {}

/** A stock and where it began: `quantity = initialQuantity - bought + sold`, `volume = bought + sold`. */
export interface AuditedStock {
  readonly name: string;
  /** Shares when the stock entered the exchange; null when it did so before this was kept. */
  readonly initialQuantity: number | null;
  readonly quantity: number;
  readonly volume: number;
}

/** The books of the catalog right after trade `lastNumber`, and before the next one. Each page is of a moment of its own. */
export interface AuditPage {
  readonly stocks: readonly AuditedStock[];
  /** Pass as `after` for the next page; null on the last one. */
  readonly next: string | null;
  /** Number of the last trade that was executed. */
  readonly lastNumber: number;
  /** Every trade up to here is on record in the order group, as far as the catalog was told. */
  readonly recordedUpTo: number;
}

/** Asks one member, leader or not, for the stocks in its own state. Takes no part in any promise: for comparing members. */
export class ListOwnStocksCall extends NamesPageCall {}

/** What one member has, at one moment. */
export interface OwnStocks {
  readonly stocks: readonly Stock[];
  /** Pass as `after` for the next page; null on the last one. */
  readonly next: string | null;
  /** Index of the last log entry that it has applied. */
  readonly appliedIndex: number;
}

/** A trade on record, on its way back to a catalog that has forgotten it. */
export class RecordedTrade implements Trade {
  @IsInt()
  @Min(1)
  number!: number;

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

  @IsInt()
  @Min(0)
  priceCents!: number;

  @IsInt()
  executedAt!: number;
}

/** Trades at once: what is in one command must also fit one log entry. */
export const MAX_TRADES_RESTORED = 500;

/**
 * Gives trades that are on record back to a catalog that has forgotten them. What is there already is compared; nothing is
 * taken above the number that an order leader has told the catalog to be on record.
 */
export class RestoreCall extends Call {
  /** In order of number, without gaps. */
  @IsArray()
  @ArrayMaxSize(MAX_TRADES_RESTORED)
  @ValidateNested({ each: true })
  @Type(() => RecordedTrade)
  trades!: RecordedTrade[];
}

export interface RestoreAnswer {
  /** Number of the last trade that the catalog has now. */
  readonly lastNumber: number;
  /** Why a trade could not be taken, in words; null when all are there. Those before it were taken. */
  readonly problem: string | null;
}
