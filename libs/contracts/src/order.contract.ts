// Must precede class-transformer, whose @Type reads the types of members from it.
import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { Call } from './call.js';
import type { Reason } from './reasons.js';
import {
  MAX_FIRST_STOCKS,
  MAX_STOCK_QUANTITY,
  MAX_TRADE_QUANTITY,
  STOCK_NAME_PATTERN,
  TRADE_KEY_PATTERN,
  TRADE_TYPES,
  type TradeType,
} from './rules.js';

export const ORDER_PATTERNS = {
  place: 'order.place',
  get: 'order.get',
  getByKey: 'order.getByKey',
  list: 'order.list',
  addFirstStocks: 'order.addFirstStocks',
} as const;

/** Asks for a trade. */
export class PlaceOrderCall extends Call {
  /** The idempotency key. It identifies this trade everywhere, for ever. */
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

export interface PlacedOrder {
  readonly number: number;
  /** True if the key was used before, for the same trade. */
  readonly replayed: boolean;
}

/** Why a trade was refused. The refusal is final for its key. */
export type RefusalReason = Extract<
  Reason,
  'STOCK_NOT_FOUND' | 'NOT_ENOUGH_STOCKS' | 'MAX_TRADING_VOLUME_EXCEEDED' | 'STOCK_LIMIT_EXCEEDED'
>;

export class GetOrderCall extends Call {
  @IsInt()
  @Min(1)
  number!: number;
}

export class GetOrderByKeyCall extends Call {
  @Matches(TRADE_KEY_PATTERN)
  key!: string;
}

export class ListOrdersCall extends Call {
  /** Number after which the page begins. */
  @IsInt()
  @Min(0)
  after!: number;

  @IsInt()
  @Min(1)
  @Max(1000)
  limit!: number;

  @IsOptional()
  @Matches(STOCK_NAME_PATTERN)
  name?: string;

  @IsOptional()
  @IsIn(TRADE_TYPES)
  type?: TradeType;
}

/** An executed trade. It never changes. */
export interface Order {
  /** 1, 2, 3, … without gaps, in the order in which shares moved. */
  readonly number: number;
  readonly key: string;
  readonly name: string;
  readonly type: TradeType;
  readonly quantity: number;
  readonly priceCents: number;
  /** Time of execution, in milliseconds since 1970; never earlier than that of the preceding order. */
  readonly executedAt: number;
}

export interface OrderPage {
  /** Sorted by number. May be shorter than requested, or empty, although more orders follow. */
  readonly orders: readonly Order[];
  /** Pass as `after` for the next page; null on the last one. */
  readonly next: number | null;
}

/** A stock to be added to an empty exchange. */
export class FirstStock {
  @Matches(STOCK_NAME_PATTERN)
  name!: string;

  @IsInt()
  @Min(1)
  @Max(100_000_000_000)
  priceCents!: number;

  @IsInt()
  @Min(0)
  @Max(MAX_STOCK_QUANTITY)
  quantity!: number;

  /** Largest allowed trade; 0 for no limit. */
  @IsInt()
  @Min(0)
  @Max(MAX_STOCK_QUANTITY)
  maxTradingVolume!: number;
}

/** Asks to add the first stocks of an exchange. Changes nothing if the exchange has stocks already. */
export class AddFirstStocksCall extends Call {
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MAX_FIRST_STOCKS)
  @ValidateNested({ each: true })
  @Type(() => FirstStock)
  stocks!: FirstStock[];
}

export interface FirstStocksAdded {
  /** False if the exchange had stocks already. */
  readonly added: boolean;
}
