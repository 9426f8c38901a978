import { createHash } from 'node:crypto';
import type { Order, OrderPage, TradeType } from '#contracts';
import { checksum, CorruptData, type Page } from '#replication';
import type { Database, Statement } from 'better-sqlite3';

type Row = Order & { readonly checksum: number };

/** Which orders to list. */
export interface OrderFilter {
  readonly name?: string | undefined;
  readonly type?: TradeType | undefined;
}

interface OrdersOfPage {
  readonly orders: readonly Order[];
}

const ORDERS_PER_PAGE = 500;
/** Maximum number of orders that one filtered query reads, so that it does not hold up the others. */
const ORDERS_SCANNED = 10_000;
const COLUMNS = 'number, key, name, type, quantity, price_cents AS priceCents, executed_at AS executedAt, checksum';

/** All executed trades, by number and by key. Accepts only the next number, so it has no gaps. */
export class OrderTable {
  private readonly statements: ReturnType<typeof prepareStatements>;
  private last: Pick<Order, 'number' | 'executedAt'>;

  constructor(private readonly db: Database) {
    if (!db.readonly) {
      db.exec(
        'CREATE TABLE IF NOT EXISTS orders (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, type TEXT NOT NULL, ' +
          'quantity INTEGER NOT NULL, price_cents INTEGER NOT NULL, executed_at INTEGER NOT NULL, checksum INTEGER NOT NULL)',
      );
    }
    this.statements = prepareStatements(db);
    this.last = (this.statements.last.get() as Order | undefined) ?? NONE;
  }

  /** Number of the last order; 0 before the first. */
  get lastNumber(): number {
    return this.last.number;
  }

  /** Time at which the last order was executed, in milliseconds since 1970; 0 before the first. */
  get lastExecutedAt(): number {
    return this.last.executedAt;
  }

  add(order: Order): void {
    if (order.number !== this.last.number + 1)
      throw this.damage(`order ${order.number} would follow order ${this.last.number}`);
    const values = inOrder(order);
    this.statements.insert.run(...values, checksum(...values));
    this.last = order;
  }

  find(number: number): Order | undefined {
    const row = this.statements.find.get(number) as Row | undefined;
    if (!row && number <= this.last.number) throw this.damage(`order ${number} is missing`);
    return row && this.verified(row);
  }

  findByKey(key: string): Order | undefined {
    const row = this.statements.findByKey.get(key) as Row | undefined;
    return row && this.verified(row);
  }

  /** Returns a page of orders, sorted by number. */
  list(after: number, limit: number, { name, type }: OrderFilter = {}): OrderPage {
    const lastNumber = this.last.number;
    const scanEnd = Math.min(after + ORDERS_SCANNED, lastNumber);
    const rows = this.statements.list.all({ after, scanEnd, limit, name: name ?? null, type: type ?? null }) as Row[];
    const orders = rows.map((row) => this.verified(row));
    const isFiltered = name !== undefined || type !== undefined;
    const missing = isFiltered ? undefined : orders.find((order, i) => order.number !== after + 1 + i);
    if (missing) throw this.damage(`an order before ${missing.number} is missing`);
    const seenUpTo = orders.length === limit ? (orders.at(-1)?.number ?? after) : scanEnd;
    return { orders, next: seenUpTo < lastNumber ? seenUpTo : null };
  }

  /** Returns the SHA-256 of the orders `after + 1` to `after + limit`, or to the last order if there are fewer. */
  digest(after: number, limit: number): string {
    const hash = createHash('sha256');
    for (const order of this.list(after, limit).orders) hash.update(JSON.stringify(inOrder(order)));
    return hash.digest('hex');
  }

  clear(): void {
    this.statements.clear.run();
    this.last = NONE;
  }

  *pages(): Generator {
    for (let after = 0; ;) {
      const { orders, next } = this.list(after, ORDERS_PER_PAGE);
      if (orders.length > 0) yield { orders } satisfies OrdersOfPage;
      if (next === null) return;
      after = next;
    }
  }

  /** Loads a page of a snapshot; false if it is not a page of orders. */
  load(page: Page): boolean {
    const { orders } = page as Partial<OrdersOfPage>;
    for (const order of orders ?? []) this.add(order);
    return orders !== undefined;
  }

  private verified({ checksum: sum, ...order }: Row): Order {
    if (sum !== checksum(...inOrder(order))) throw this.damage(`order ${order.number} does not match its checksum`);
    return order;
  }

  private damage(why: string): CorruptData {
    return new CorruptData(this.db.name, why);
  }
}

const NONE = { number: 0, executedAt: 0 };

/** Returns an order's values in the order of the columns. */
function inOrder({ number, key, name, type, quantity, priceCents, executedAt }: Order): (string | number)[] {
  return [number, key, name, type, quantity, priceCents, executedAt];
}

function prepareStatements(
  db: Database,
): Record<'last' | 'find' | 'findByKey' | 'list' | 'insert' | 'clear', Statement> {
  return {
    last: db.prepare(`SELECT ${COLUMNS} FROM orders ORDER BY number DESC LIMIT 1`),
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
