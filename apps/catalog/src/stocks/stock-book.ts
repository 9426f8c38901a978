import { crashPoint, type Stock, type StockChange, type Trade } from '@stock-bazaar/contracts';
import type { AppliedEntry, Page, StateMachine } from '@stock-bazaar/replication';
import type { Database } from 'better-sqlite3';
import type { CatalogCommand, CatalogResult } from './catalog.command.js';
import { decide } from './decide.js';
import { FirstStockTable } from './first-stock.table.js';
import { IncarnationTable } from './incarnation.table.js';
import { OutcomeTable } from './outcome.table.js';
import { restoreTrades } from './restore.js';
import { StockTable } from './stock.table.js';

/** Refusals are remembered under their key for the last so many; executed trades for ever. */
export const REFUSALS_KEPT = 1_000_000;

const DONE: CatalogResult = { type: 'done' };

/**
 * The state of the exchange: the stocks, and the outcome of each trade that was ever decided, by its key. It is driven
 * by the catalog's log, so every member of the group holds the same.
 */
export class StockBook implements StateMachine<CatalogCommand, CatalogResult> {
  private tables:
    | { stocks: StockTable; firstStocks: FirstStockTable; incarnation: IncarnationTable; outcomes: OutcomeTable }
    | undefined;

  /** Told of each change of a stock, in the turn in which it is applied. */
  onChange: (change: StockChange) => void = () => undefined;

  constructor(private readonly refusalsKept = REFUSALS_KEPT) {}

  prepare(db: Database): void {
    this.tables = {
      stocks: new StockTable(db),
      firstStocks: new FirstStockTable(db),
      incarnation: new IncarnationTable(db),
      outcomes: new OutcomeTable(db),
    };
  }

  apply({ index, command }: AppliedEntry<CatalogCommand>): CatalogResult {
    switch (command.type) {
      case 'seed':
        if (!this.isSeeded) this.seed(command, index);
        return DONE;
      case 'recorded':
        return this.hear(command.upTo, command.orderTerm, command.orderGroup) ?? DONE;
      case 'restore':
        return this.restoreForgotten(command.trades, index);
      case 'trade':
        return this.trade(command, index);
      default:
        return command satisfies never;
    }
  }

  get isSeeded(): boolean {
    return !this.stocks.isEmpty;
  }

  /** What this exchange is called, unlike any other; null before it has stocks. Versions of another one mean nothing here. */
  get incarnation(): string | null {
    return this.opened.incarnation.name;
  }

  /** Number of the last trade that was executed; 0 before the first. */
  get lastNumber(): number {
    return this.outcomes.lastNumber;
  }

  /** Newest term in which an order leader has spoken to this catalog; 0 before the first. */
  get orderTerm(): number {
    return this.outcomes.orderTerm;
  }

  /** Id of the order group that this catalog serves; null before one has spoken to it. */
  get orderGroup(): string | null {
    return this.outcomes.orderGroup;
  }

  /** Whether the order group has trades on record that this catalog lacks: its disk is empty, or older than it was. */
  get isBehind(): boolean {
    return this.outcomes.recordedUpTo > this.outcomes.lastNumber;
  }

  /** Every trade up to this number is on record in the order group, as far as is known here. */
  get recordedUpTo(): number {
    return this.outcomes.recordedUpTo;
  }

  /** The quantity with which a stock entered the exchange; null when that was before it was kept. */
  initialQuantity(name: string): number | null {
    return this.opened.firstStocks.quantityOf(name);
  }

  find(name: string): Stock | undefined {
    return this.stocks.find(name);
  }

  /** At most `limit` stocks with a name after `after`, in order of name. */
  list(after: string, limit: number): Stock[] {
    return this.stocks.list(after, limit);
  }

  /** At most `limit` executed trades with a number above `after`, in order of number. */
  executedAfter(after: number, limit: number): Trade[] {
    return this.outcomes.executedAfter(after, limit);
  }

  *snapshot(db: Database): Iterable<Page> {
    yield* new StockTable(db).pages();
    yield* new FirstStockTable(db).pages();
    yield* new IncarnationTable(db).pages();
    yield* new OutcomeTable(db).pages();
  }

  restore(pages: Iterable<Page>): void {
    const { stocks, firstStocks, incarnation, outcomes } = this.opened;
    for (const table of [stocks, firstStocks, incarnation, outcomes]) table.clear();
    for (const page of pages) {
      if (!stocks.load(page) && !firstStocks.load(page) && !incarnation.load(page)) outcomes.load(page);
    }
  }

  private seed({ stocks, incarnation }: Extract<CatalogCommand, { type: 'seed' }>, index: number): void {
    this.opened.incarnation.save(incarnation);
    for (const stock of stocks) {
      this.stocks.save({ ...stock, volume: 0, version: index });
      this.opened.firstStocks.add(stock);
    }
  }

  private restoreForgotten(trades: readonly Trade[], index: number): CatalogResult {
    if (!this.isSeeded) return { type: 'undecided', because: 'notSeeded' };
    const { lastNumber } = this;
    const restored = restoreTrades(trades, this.opened, index);
    const taken = trades.filter(({ number }) => number > lastNumber && number <= restored.lastNumber);
    for (const name of new Set(taken.map((trade) => trade.name))) this.onChange({ name, version: index });
    return { type: 'restored', ...restored };
  }

  private trade(command: Extract<CatalogCommand, { type: 'trade' }>, index: number): CatalogResult {
    const { key, name, side, quantity, recordedUpTo, orderTerm, orderGroup } = command;
    if (!this.isSeeded) return { type: 'undecided', because: 'notSeeded' };
    const unheard = this.hear(recordedUpTo, orderTerm, orderGroup);
    if (unheard) return unheard;
    const known = this.outcomes.find(key);
    if (known) {
      const isSame = known.name === name && known.side === side && known.quantity === quantity;
      return isSame ? { type: 'decided', outcome: known.outcome } : { type: 'undecided', because: 'keyReused' };
    }
    const stock = this.stocks.find(name);
    const decision = decide(stock, side, quantity);
    if ('refused' in decision) {
      this.outcomes.addRefusal({ key, name, side, quantity, reason: decision.refused }, this.refusalsKept);
      crashPoint('catalog: refusal applied, not committed');
      return { type: 'decided', outcome: { executed: false, replayed: false, reason: decision.refused } };
    }
    const { priceCents } = decision.stock;
    const { lastNumber, lastExecutedAt } = this.outcomes;
    // A clock that was set back, or another leader's, must not make a later trade look earlier.
    const executedAt = Math.max(command.executedAt, lastExecutedAt);
    const trade: Trade = { number: lastNumber + 1, key, name, type: side, quantity, priceCents, executedAt };
    this.stocks.save({ ...decision.stock, version: index });
    this.outcomes.addTrade(trade);
    crashPoint('catalog: trade applied, not committed');
    this.onChange({ name, version: index });
    return { type: 'decided', outcome: { executed: true, replayed: false, trade } };
  }

  /** Takes in what an order leader says of itself. Undecided when nothing may be done for it. */
  private hear(recordedUpTo: number, orderTerm: number, orderGroup: string): CatalogResult | undefined {
    const known = this.outcomes.orderGroup;
    if (known !== null && known !== orderGroup) return { type: 'undecided', because: 'foreign' };
    if (orderTerm < this.outcomes.orderTerm) return { type: 'undecided', because: 'superseded' };
    this.outcomes.markHeard({ recordedUpTo, orderTerm, orderGroup });
    return this.isBehind ? { type: 'undecided', because: 'behind' } : undefined;
  }

  private get stocks(): StockTable {
    return this.opened.stocks;
  }

  private get outcomes(): OutcomeTable {
    return this.opened.outcomes;
  }

  private get opened(): NonNullable<StockBook['tables']> {
    if (!this.tables) throw new Error('prepare() comes first');
    return this.tables;
  }
}
