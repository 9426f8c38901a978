import type { Wish } from '../system/support/traffic.js';

/** What a request comes to, as far as a client may rely on it. */
export type Answer =
  | { readonly status: 200; readonly number: number }
  | { readonly status: 404 | 422; readonly reason: string }
  /** Not executed, because a part of the system is down. */
  | { readonly status: 503 };

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

/** The exchange as one simple thing in memory: what the real one, of many parts that fail, must look like from outside. */
export class ExchangeModel {
  readonly trades: (Wish & { readonly number: number })[] = [];
  readonly isUp = { order: true, catalog: true };
  private readonly decided = new Map<string, Decided>();

  /** @param run part of all names and keys, so that runs on one exchange have nothing to do with each other */
  constructor(
    readonly run: number,
    readonly recordedBefore: number,
    readonly stocks: ReadonlyMap<string, Stock>,
  ) {}

  get allUp(): boolean {
    return this.isUp.order && this.isUp.catalog;
  }

  keyOf(key: number): string {
    return `run-${this.run}-${key}`;
  }

  nameOf(stock: number): string {
    return `R${this.run}-${stock}`;
  }

  place(wish: Wish): Answer {
    if (!this.isUp.order) return DOWN;
    const known = this.decided.get(wish.key);
    // What is on record the order group knows by itself; all else is for the catalog to say.
    if (known?.answer.status !== 200 && !this.isUp.catalog) return DOWN;
    if (known) return isSame(known.wish, wish) ? known.answer : KEY_REUSED;
    const answer = this.decide(wish);
    this.decided.set(wish.key, { wish, answer });
    return answer;
  }

  /** The number of the order that a key has made. */
  find(key: string): Answer {
    if (!this.isUp.order) return DOWN;
    const trade = this.trades.find((one) => one.key === key);
    if (trade) return { status: 200, number: trade.number };
    return this.isUp.catalog ? { status: 404, reason: 'ORDER_NOT_FOUND' } : DOWN;
  }

  private decide(wish: Wish): Answer {
    const { name, type, quantity } = wish;
    const stock = this.stocks.get(name);
    if (!stock) return { status: 404, reason: 'STOCK_NOT_FOUND' };
    if (stock.maxTradingVolume > 0 && quantity > stock.maxTradingVolume)
      return { status: 422, reason: 'MAX_TRADING_VOLUME_EXCEEDED' };
    if (type === 'buy' && quantity > stock.quantity) return { status: 422, reason: 'NOT_ENOUGH_STOCKS' };
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
