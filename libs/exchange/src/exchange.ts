import { type FirstStock, type Order, type OrderPage, type OwnStock } from '#contracts';
import { failpoint } from '#service-kit';
import type { AppliedEntry, Page, StateMachine } from '#replication';
import type { Database } from 'better-sqlite3';
import { decide } from './decide.js';
import type { ExchangeCommand, ExchangeResult, Trade, TradeOutcome } from './exchange.command.js';
import { OrderTable, type OrderFilter } from './order.table.js';
import { RefusalTable } from './refusal.table.js';
import { StockTable } from './stock.table.js';

/** Number of refusals remembered by key, the latest ones. Executed trades are remembered for ever. */
export const REFUSALS_KEPT = 1_000_000;

interface Tables {
  readonly stocks: StockTable;
  readonly orders: OrderTable;
  readonly refusals: RefusalTable;
}

/**
 * The state of the exchange: stocks, executed trades and remembered refusals. The replicated log drives it, so every order
 * replica and every catalog holds the same state. One `apply` decides, numbers and records a trade.
 */
export class Exchange implements StateMachine<ExchangeCommand, ExchangeResult> {
  private tables: Tables | undefined;

  constructor(private readonly refusalsKept = REFUSALS_KEPT) {}

  prepare(db: Database): void {
    this.tables = this.tablesIn(db);
  }

  apply({ index, command }: AppliedEntry<ExchangeCommand>): ExchangeResult {
    switch (command.command) {
      case 'trade':
        return this.trade(command, index);
      case 'addFirstStocks':
        return this.addFirstStocks(command.stocks, index);
      default:
        return command satisfies never;
    }
  }

  /** True before the first stocks are added. An empty exchange decides no trade. */
  get isEmpty(): boolean {
    return this.opened.stocks.isEmpty;
  }

  /** Number of the last order; 0 before the first. */
  get lastNumber(): number {
    return this.opened.orders.lastNumber;
  }

  /** Returns the outcome of a trade; undefined if its key is new. */
  outcomeOf(trade: Trade): TradeOutcome | 'keyReused' | undefined {
    const { orders, refusals } = this.opened;
    const order = orders.findByKey(trade.key);
    if (order) return isSame(order, trade) ? { result: 'executed', number: order.number, replayed: true } : 'keyReused';
    const refusal = refusals.findByKey(trade.key);
    if (!refusal) return undefined;
    return isSame(refusal, trade) ? { result: 'refused', reason: refusal.reason, replayed: true } : 'keyReused';
  }

  findStock(name: string): OwnStock | undefined {
    return this.opened.stocks.find(name);
  }

  /** Lists at most `limit` stocks with a name after `after`, sorted by name, and the `after` of the next page. */
  listStocks(after = '', limit: number): { readonly stocks: readonly OwnStock[]; readonly next: string | null } {
    const found = this.opened.stocks.list(after, limit + 1);
    const stocks = found.slice(0, limit);
    return { stocks, next: found.length > limit ? (stocks.at(-1)?.name ?? null) : null };
  }

  findOrder(number: number): Order | undefined {
    return this.opened.orders.find(number);
  }

  findOrderByKey(key: string): Order | undefined {
    return this.opened.orders.findByKey(key);
  }

  listOrders(after: number, limit: number, filter: OrderFilter = {}): OrderPage {
    return this.opened.orders.list(after, limit, filter);
  }

  /** Returns the SHA-256 of the orders `after + 1` to `after + limit`, or to the last order if there are fewer. */
  digestOfOrders(after: number, limit: number): string {
    return this.opened.orders.digest(after, limit);
  }

  *snapshot(db: Database): Iterable<Page> {
    for (const table of Object.values(this.tablesIn(db)) as Tables[keyof Tables][]) yield* table.pages();
  }

  restore(pages: Iterable<Page>): void {
    const { stocks, orders, refusals } = this.opened;
    for (const table of [stocks, orders, refusals]) table.clear();
    for (const page of pages)
      if (![stocks, orders, refusals].some((table) => table.load(page)))
        throw new Error('a page of the snapshot belongs to no known table');
  }

  private trade({ executedAt: proposedAt, ...trade }: Trade & { executedAt: number }, index: number): ExchangeResult {
    const { stocks, orders, refusals } = this.opened;
    if (stocks.isEmpty) return { result: 'undecided', because: 'noStocks' };
    const known = this.outcomeOf(trade);
    if (known === 'keyReused') return { result: 'undecided', because: known };
    if (known) return known;
    const decision = decide(stocks.find(trade.name), trade);
    if ('refused' in decision) {
      refusals.add(trade, decision.refused);
      failpoint('exchange: refusal applied, not committed');
      return { result: 'refused', reason: decision.refused, replayed: false };
    }
    const { key, name, type, quantity } = trade;
    const { priceCents } = decision.stock;
    const number = orders.lastNumber + 1;
    // A clock that was set back, or that of another leader, must not make a later order look earlier.
    const executedAt = Math.max(proposedAt, orders.lastExecutedAt);
    orders.add({ number, key, name, type, quantity, priceCents, executedAt });
    stocks.save({ ...decision.stock, version: index });
    failpoint('exchange: trade applied, not committed');
    return { result: 'executed', number, replayed: false };
  }

  private addFirstStocks(firstStocks: readonly FirstStock[], index: number): ExchangeResult {
    const { stocks } = this.opened;
    if (!stocks.isEmpty) return { result: 'firstStocks', added: false };
    for (const { name, priceCents, quantity, maxTradingVolume } of firstStocks)
      stocks.save({
        name,
        priceCents,
        quantity,
        maxTradingVolume,
        volume: 0,
        version: index,
        initialQuantity: quantity,
      });
    return { result: 'firstStocks', added: true };
  }

  private tablesIn(db: Database): Tables {
    return {
      stocks: new StockTable(db),
      orders: new OrderTable(db),
      refusals: new RefusalTable(db, this.refusalsKept),
    };
  }

  private get opened(): Tables {
    if (!this.tables) throw new Error('prepare() must be called first');
    return this.tables;
  }
}

/** Compares the contents of two trades with one key. If they differ, the second trade must be refused. */
function isSame(known: Trade, { name, type, quantity }: Trade): boolean {
  return known.name === name && known.type === type && known.quantity === quantity;
}
