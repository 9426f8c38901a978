import { crashPoint, type Order, type OrderPage, type TradeType } from '@stock-bazaar/contracts';
import { checksum, CorruptData, type AppliedEntry, type Page, type StateMachine } from '@stock-bazaar/replication';
import type { Database, Statement } from 'better-sqlite3';
import type { OrderCommand, OrderResult } from './order.command.js';

type Row = Order & { readonly checksum: number };

/** Which orders to list. */
export interface OrderFilter {
  readonly name?: string | undefined;
  readonly type?: TradeType | undefined;
}

const ORDERS_PER_PAGE = 500;
/** A filtered list looks at so many orders at most, so that no query holds up the others. */
const ORDERS_SCANNED = 10_000;
const COLUMNS = 'number, key, name, type, quantity, price_cents AS priceCents, executed_at AS executedAt, checksum';

/** The record of all trades. It takes number n only when n - 1 is there, so it has no gaps by construction. */
export class OrderBook implements StateMachine<OrderCommand, OrderResult> {
  private db: Database | undefined;
  private statements: ReturnType<typeof prepareStatements> | undefined;
  private last = 0;

  prepare(db: Database): void {
    db.exec(
      'CREATE TABLE IF NOT EXISTS orders (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, type TEXT NOT NULL, ' +
        'quantity INTEGER NOT NULL, price_cents INTEGER NOT NULL, executed_at INTEGER NOT NULL, checksum INTEGER NOT NULL)',
    );
    this.db = db;
    this.statements = prepareStatements(db);
    this.last = (this.statements.lastNumber.get() as number | null) ?? 0;
  }

  apply({ command }: AppliedEntry<OrderCommand>): OrderResult {
    for (const trade of command.trades) {
      if (trade.number > this.last + 1) break;
      if (trade.number === this.last + 1 && !this.findByKey(trade.key)) {
        this.insert(trade);
        crashPoint('order: trade applied, not committed');
      } else if (this.find(trade.number)?.key !== trade.key) {
        return { lastNumber: this.last, contradicted: trade.number };
      }
    }
    return { lastNumber: this.last, contradicted: null };
  }

  /** Number of the last order on record; 0 before the first. */
  get lastNumber(): number {
    return this.last;
  }

  find(number: number): Order | undefined {
    const row = this.opened.find.get(number) as Row | undefined;
    if (!row && number <= this.lastNumber) throw this.damage(`order ${number} is missing`);
    return row && this.verified(row);
  }

  findByKey(key: string): Order | undefined {
    const row = this.opened.findByKey.get(key) as Row | undefined;
    return row && this.verified(row);
  }

  list(after: number, limit: number, { name, type }: OrderFilter): OrderPage {
    const { lastNumber } = this;
    const scanEnd = Math.min(after + ORDERS_SCANNED, lastNumber);
    const rows = this.opened.list.all({ after, scanEnd, limit, name: name ?? null, type: type ?? null }) as Row[];
    const orders = rows.map((row) => this.verified(row));
    const isFiltered = name !== undefined || type !== undefined;
    const missing = isFiltered ? undefined : orders.find((order, i) => order.number !== after + 1 + i);
    if (missing) throw this.damage(`an order before ${missing.number} is missing`);
    const seenUpTo = orders.length === limit ? (orders.at(-1)?.number ?? after) : scanEnd;
    return { orders, next: seenUpTo < lastNumber ? seenUpTo : null };
  }

  *snapshot(db: Database): Iterable<Page> {
    const { list } = prepareStatements(db);
    for (let after = 0; ;) {
      const rows = list.all({
        after,
        scanEnd: Number.MAX_SAFE_INTEGER,
        limit: ORDERS_PER_PAGE,
        name: null,
        type: null,
      }) as Row[];
      const last = rows.at(-1);
      if (!last) return;
      yield rows.map((row) => this.verified(row));
      after = last.number;
    }
  }

  restore(pages: Iterable<Page>): void {
    this.opened.clear.run();
    this.last = 0;
    for (const page of pages) for (const order of page as readonly Order[]) this.insert(order);
  }

  private insert(order: Order): void {
    const values = inOrder(order);
    this.opened.insert.run(...values, checksum(...values));
    this.last = order.number;
  }

  private verified({ checksum: sum, ...order }: Row): Order {
    if (sum !== checksum(...inOrder(order))) throw this.damage(`order ${order.number} does not match its checksum`);
    return order;
  }

  private damage(why: string): CorruptData {
    return new CorruptData(this.db?.name ?? 'the database', why);
  }

  private get opened(): ReturnType<typeof prepareStatements> {
    if (!this.statements) throw new Error('prepare() comes first');
    return this.statements;
  }
}

/** An order's values in the order of the columns. */
function inOrder({ number, key, name, type, quantity, priceCents, executedAt }: Order): (string | number)[] {
  return [number, key, name, type, quantity, priceCents, executedAt];
}

function prepareStatements(
  db: Database,
): Record<'lastNumber' | 'find' | 'findByKey' | 'list' | 'insert' | 'clear', Statement> {
  return {
    lastNumber: db.prepare('SELECT max(number) FROM orders').pluck(),
    find: db.prepare(`SELECT ${COLUMNS} FROM orders WHERE number = ?`),
    findByKey: db.prepare(`SELECT ${COLUMNS} FROM orders WHERE key = ?`),
    list: db.prepare(
      `SELECT ${COLUMNS} FROM orders WHERE number > :after AND number <= :scanEnd AND (:name IS NULL OR name = :name) ` +
        'AND (:type IS NULL OR type = :type) ORDER BY number LIMIT :limit',
    ),
    insert: db.prepare('INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
    clear: db.prepare('DELETE FROM orders'),
  };
}
