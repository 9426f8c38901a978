import type { OwnStock } from '#contracts';
import { checksum, CorruptData, type Page } from '#replication';
import type { Database, Statement } from 'better-sqlite3';

type Row = OwnStock & { readonly checksum: number };

interface StockPage {
  readonly stocks: readonly OwnStock[];
}

const STOCKS_PER_PAGE = 500;
const COLUMNS =
  'name, price_cents AS priceCents, quantity, volume, max_trading_volume AS maxTradingVolume, version, initial_quantity AS initialQuantity, checksum';

/** The stocks. Each row has a checksum, which is verified at every read. */
export class StockTable {
  private readonly statements: Record<'find' | 'list' | 'save' | 'any' | 'clear', Statement>;

  constructor(private readonly db: Database) {
    if (!db.readonly) {
      db.exec(
        'CREATE TABLE IF NOT EXISTS stock (name TEXT PRIMARY KEY, price_cents INTEGER NOT NULL, quantity INTEGER NOT NULL, volume INTEGER NOT NULL, ' +
          'max_trading_volume INTEGER NOT NULL, version INTEGER NOT NULL, initial_quantity INTEGER NOT NULL, checksum INTEGER NOT NULL) WITHOUT ROWID',
      );
    }
    this.statements = {
      find: db.prepare(`SELECT ${COLUMNS} FROM stock WHERE name = ?`),
      list: db.prepare(`SELECT ${COLUMNS} FROM stock WHERE name > ? ORDER BY name LIMIT ?`),
      save: db.prepare('INSERT OR REPLACE INTO stock VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
      any: db.prepare('SELECT 1 FROM stock LIMIT 1'),
      clear: db.prepare('DELETE FROM stock'),
    };
    this.verifyAll();
  }

  get isEmpty(): boolean {
    return this.statements.any.get() === undefined;
  }

  find(name: string): OwnStock | undefined {
    const row = this.statements.find.get(name) as Row | undefined;
    return row && this.verified(row);
  }

  /** Returns stocks sorted by name. */
  list(after: string, limit: number): OwnStock[] {
    return (this.statements.list.all(after, limit) as Row[]).map((row) => this.verified(row));
  }

  save(stock: OwnStock): void {
    const values = inOrder(stock);
    this.statements.save.run(...values, checksum(...values));
  }

  clear(): void {
    this.statements.clear.run();
  }

  *pages(): Generator {
    for (let after = ''; ;) {
      const stocks = this.list(after, STOCKS_PER_PAGE);
      const last = stocks.at(-1);
      if (!last) return;
      yield { stocks } satisfies StockPage;
      after = last.name;
    }
  }

  /** Loads a page of a snapshot; false if it is not a page of stocks. */
  load(page: Page): boolean {
    const { stocks } = page as Partial<StockPage>;
    for (const stock of stocks ?? []) this.save(stock);
    return stocks !== undefined;
  }

  /** Verifies all rows: a stock whose name changed on disk would be "not found", and its row would never be read. */
  private verifyAll(): void {
    for (const row of this.statements.list.iterate('', -1) as IterableIterator<Row>) this.verified(row);
  }

  private verified({ checksum: sum, ...stock }: Row): OwnStock {
    if (sum !== checksum(...inOrder(stock)))
      throw new CorruptData(this.db.name, `the row of stock ${stock.name} does not match its checksum`);
    return stock;
  }
}

/** Returns a stock's values in the order of the columns. */
function inOrder(stock: OwnStock): (string | number)[] {
  const { name, priceCents, quantity, volume, maxTradingVolume, version, initialQuantity } = stock;
  return [name, priceCents, quantity, volume, maxTradingVolume, version, initialQuantity];
}
