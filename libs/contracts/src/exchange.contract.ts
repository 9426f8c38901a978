import { IsInt, Max, Min } from 'class-validator';
import { Call } from './call.js';
import { NamesPageCall, type Stock } from './catalog.contract.js';
import type { Order } from './order.contract.js';

/**
 * Requests that each member of the exchange group answers from its own state: order replicas and catalogs, leader or not, behind the
 * others or not. For comparing members; no guarantee depends on them.
 */
export const EXCHANGE_PATTERNS = {
  ownOrders: 'exchange.ownOrders',
  ownStocks: 'exchange.ownStocks',
  ownDigest: 'exchange.ownDigest',
} as const;

export class OwnOrdersCall extends Call {
  /** Number after which the page begins. */
  @IsInt()
  @Min(0)
  after!: number;

  @IsInt()
  @Min(1)
  @Max(1000)
  limit!: number;
}

export interface OwnOrders {
  /** Sorted by number, without gaps, from `after + 1`; fewer than requested only at the end. */
  readonly orders: readonly Order[];
  /** Number of the last order that this member has; 0 before the first. */
  readonly lastNumber: number;
}

export class OwnStocksCall extends NamesPageCall {}

/** A stock and its initial quantity: `quantity = initialQuantity - bought + sold`, `volume = bought + sold`. */
export interface OwnStock extends Stock {
  /** Number of shares when the stock was added to the exchange. */
  readonly initialQuantity: number;
}

/** A member's stocks right after order `lastNumber`. Each page is read at a moment of its own. */
export interface OwnStocks {
  readonly stocks: readonly OwnStock[];
  /** Pass as `after` for the next page; null on the last one. */
  readonly next: string | null;
  readonly lastNumber: number;
}

export class OwnDigestCall extends Call {
  /** Number after which the digest begins. */
  @IsInt()
  @Min(0)
  after!: number;

  @IsInt()
  @Min(1)
  @Max(10_000)
  limit!: number;
}

export interface OwnDigest {
  /** SHA-256 of the orders `after + 1` to `upTo`, in hexadecimal. Orders never change, so it is the same on all members. */
  readonly digest: string;
  /** Number of the last order that the digest covers: `after + limit`, or the last one that this member has. */
  readonly upTo: number;
  readonly lastNumber: number;
}
