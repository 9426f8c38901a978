import { MAX_STOCK_QUANTITY, type FirstStock, type Order, type OwnStock } from '#contracts';
import type { ExchangeCommand, ExchangeResult, Trade } from '../src/exchange.command.js';

type TradeCommand = Extract<ExchangeCommand, { command: 'trade' }>;
type Reason = Extract<ExchangeResult, { result: 'refused' }>['reason'];

/**
 * A reference implementation of the exchange: a list of orders and a list of refusals in memory. Stocks are computed from the
 * first stocks and the orders, so they are conserved by construction.
 */
export class ReferenceExchange {
  readonly orders: Order[] = [];
  /** The log index of each order. */
  private readonly indexes: number[] = [];
  private firstStocks: readonly FirstStock[] = [];
  private firstStocksIndex = 0;
  private refusals: { readonly trade: Trade; readonly reason: Reason }[] = [];

  constructor(private readonly refusalsKept: number) {}

  apply(command: ExchangeCommand, index: number): ExchangeResult {
    if (command.command === 'trade') return this.trade(command, index);
    if (this.firstStocks.length > 0) return { result: 'firstStocks', added: false };
    this.firstStocks = command.stocks;
    this.firstStocksIndex = index;
    return { result: 'firstStocks', added: true };
  }

  /** Sorted by name. */
  get stocks(): readonly OwnStock[] {
    const counted = this.firstStocks.map((first) => {
      const orders = this.orders.filter(({ name }) => name === first.name);
      const sum = (type: string): number =>
        orders.reduce((total, order) => total + (order.type === type ? order.quantity : 0), 0);
      const { name, priceCents, maxTradingVolume, quantity: initialQuantity } = first;
      return {
        ...{ name, priceCents, maxTradingVolume, initialQuantity },
        quantity: initialQuantity - sum('buy') + sum('sell'),
        volume: sum('buy') + sum('sell'),
        version: this.indexes[(orders.at(-1)?.number ?? 0) - 1] ?? this.firstStocksIndex,
      };
    });
    return counted.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  private trade({ key, name, type, quantity, executedAt }: TradeCommand, index: number): ExchangeResult {
    const trade: Trade = { key, name, type, quantity };
    if (this.firstStocks.length === 0) return { result: 'undecided', because: 'noStocks' };
    const order = this.orders.find((one) => one.key === key);
    const refusal = this.refusals.find((one) => one.trade.key === key);
    const known = order ?? refusal?.trade;
    if (known && (known.name !== name || known.type !== type || known.quantity !== quantity))
      return { result: 'undecided', because: 'keyReused' };
    if (order) return { result: 'executed', number: order.number, replayed: true };
    if (refusal) return { result: 'refused', reason: refusal.reason, replayed: true };
    const reason = this.whyNot(trade);
    if (reason) {
      this.refusals = [...this.refusals, { trade, reason }].slice(-this.refusalsKept);
      return { result: 'refused', reason, replayed: false };
    }
    const number = this.orders.length + 1;
    const priceCents = this.firstStocks.find((one) => one.name === name)?.priceCents ?? 0;
    const latest = Math.max(executedAt, ...this.orders.map((one) => one.executedAt));
    this.orders.push({ number, ...trade, priceCents, executedAt: latest });
    this.indexes.push(index);
    return { result: 'executed', number, replayed: false };
  }

  private whyNot({ name, type, quantity }: Trade): Reason | undefined {
    const stock = this.stocks.find((one) => one.name === name);
    if (!stock) return 'STOCK_NOT_FOUND';
    if (stock.maxTradingVolume !== 0 && quantity > stock.maxTradingVolume) return 'MAX_TRADING_VOLUME_EXCEEDED';
    if (type === 'buy' && quantity > stock.quantity) return 'NOT_ENOUGH_STOCKS';
    if (type === 'sell' && stock.quantity + quantity > MAX_STOCK_QUANTITY) return 'STOCK_LIMIT_EXCEEDED';
    return undefined;
  }
}
