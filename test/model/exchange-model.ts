import type { Wish } from '../system/support/traffic.js';

/** The outcome of a request, as far as a client can rely on it. */
export type Answer =
  | { readonly status: 200; readonly number: number }
  | { readonly status: 404 | 422; readonly reason: string }
  /** Not executed, because too few order replicas are up. */
  | { readonly status: 503 };

export const ORDERS = ['order-1', 'order-2', 'order-3'] as const;
export const CATALOGS = ['catalog-1', 'catalog-2'] as const;
export type Member = (typeof ORDERS)[number] | (typeof CATALOGS)[number];

/** Reports whether enough order replicas are up to decide anything. */
export function hasQuorumWithout(down: ReadonlySet<Member>): boolean {
  return ORDERS.filter((order) => !down.has(order)).length >= 2;
}

export function hasCatalogWithout(down: ReadonlySet<Member>): boolean {
  return CATALOGS.some((catalog) => !down.has(catalog));
}

interface Stock {
  quantity: number;
  volume: number;
  readonly maxTradingVolume: number;
}

interface Decided {
  readonly wish: Wish;
  readonly answer: Answer;
}

const DOWN: Answer = { status: 503 };
const KEY_REUSED: Answer = { status: 422, reason: 'IDEMPOTENCY_KEY_REUSED' };

/** A simple in-memory model of the exchange. The real one, with many parts that fail, must behave like it. */
export class ExchangeModel {
  readonly trades: (Wish & { readonly number: number })[] = [];
  /** All earlier quantities of each stock, by name. */
  private readonly past = new Map<string, readonly number[]>();
  private readonly decided = new Map<string, Decided>();

  /** @param run part of all names and keys, so that runs on one exchange are independent */
  constructor(
    readonly run: number,
    readonly recordedBefore: number,
    readonly stocks: ReadonlyMap<string, Stock>,
    readonly down: ReadonlySet<Member>,
  ) {}

  get hasQuorum(): boolean {
    return hasQuorumWithout(this.down);
  }

  /** Whether a lookup can be answered, and is known to be fresh. */
  get canBeSure(): boolean {
    return this.hasQuorum && hasCatalogWithout(this.down);
  }

  /** Returns all quantities that a stock has had, each of which a stale answer may show. */
  pastOf(name: string): readonly number[] {
    return [...(this.past.get(name) ?? []), this.stocks.get(name)?.quantity ?? 0];
  }

  keyOf(key: number): string {
    return `run-${this.run}-${key}`;
  }

  nameOf(stock: number): string {
    return `R${this.run}-${stock}`;
  }

  place(wish: Wish): Answer {
    if (!this.hasQuorum) return DOWN;
    const known = this.decided.get(wish.key);
    if (known) return isSame(known.wish, wish) ? known.answer : KEY_REUSED;
    const answer = this.decide(wish);
    this.decided.set(wish.key, { wish, answer });
    return answer;
  }

  /** Returns the number of the order with this key. */
  find(key: string): Answer {
    if (!this.hasQuorum) return DOWN;
    const trade = this.trades.find((one) => one.key === key);
    return trade ? { status: 200, number: trade.number } : { status: 404, reason: 'ORDER_NOT_FOUND' };
  }

  private decide(wish: Wish): Answer {
    const { name, type, quantity } = wish;
    const stock = this.stocks.get(name);
    if (!stock) return { status: 404, reason: 'STOCK_NOT_FOUND' };
    if (stock.maxTradingVolume > 0 && quantity > stock.maxTradingVolume)
      return { status: 422, reason: 'MAX_TRADING_VOLUME_EXCEEDED' };
    if (type === 'buy' && quantity > stock.quantity) return { status: 422, reason: 'NOT_ENOUGH_STOCKS' };
    this.past.set(name, this.pastOf(name));
    stock.quantity += type === 'buy' ? -quantity : quantity;
    stock.volume += quantity;
    const number = this.recordedBefore + this.trades.length + 1;
    this.trades.push({ ...wish, number });
    return { status: 200, number };
  }
}

function isSame(one: Wish, other: Wish): boolean {
  return one.name === other.name && one.type === other.type && one.quantity === other.quantity;
}
