import { IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { Call } from './call.js';
import { TradeRequest, type Trade } from './catalog.contract.js';
import { STOCK_NAME_PATTERN, TRADE_KEY_PATTERN, TRADE_TYPES, type TradeType } from './trading/rules.js';

export const ORDER_PATTERNS = {
  place: 'order.place',
  get: 'order.get',
  getByKey: 'order.getByKey',
  list: 'order.list',
  listOwn: 'order.listOwn',
} as const;

export class PlaceOrderCall extends TradeRequest {}

export interface PlacedOrder {
  readonly number: number;
  /** True when the key had been used before, for the same trade. */
  readonly replayed: boolean;
}

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
  /** Only orders after this number. */
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

/** Asks one replica, leader or not, for the orders in its own state. Takes no part in any promise: for comparing replicas. */
export class ListOwnOrdersCall extends Call {
  /** Only orders after this number. */
  @IsInt()
  @Min(0)
  after!: number;

  @IsInt()
  @Min(1)
  @Max(1000)
  limit!: number;
}

/** A trade on record. */
export type Order = Trade;

export interface OrderPage {
  /** In order of number. May be shorter than asked for, or empty, although more follow. */
  readonly orders: readonly Order[];
  /** Pass as `after` for the next page; null on the last one. */
  readonly next: number | null;
}

/** What one replica has on record, at one moment. */
export interface OwnOrders {
  /** In order of number, without gaps, from `after + 1`; fewer than asked for only at the end. */
  readonly orders: readonly Order[];
  /** Number of the last order that this replica has; 0 before the first. */
  readonly lastNumber: number;
  /** Index of the last log entry that it has applied. */
  readonly appliedIndex: number;
}
