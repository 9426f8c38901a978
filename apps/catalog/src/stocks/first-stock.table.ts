import { checksum, CorruptData, type Page } from '@stock-bazaar/replication';
import type { Database, Statement } from 'better-sqlite3';
import type { FirstStock } from './seed.js';

interface Row {
  readonly name: string;
  readonly quantity: number;
  readonly checksum: number;
}

interface FirstStockPage {
  readonly firstStocks: readonly Pick<FirstStock, 'name' | 'quantity'>[];
}

const ROWS_PER_PAGE = 500;

/** With how many shares each stock entered the exchange. Written once, so that conservation can be proven for ever. */
export class FirstStockTable {
  private readonly statements: Record<'find' | 'add' | 'page' | 'clear', Statement>;

  constructor(private readonly db: Database) {
    if (!db.readonly) {
      db.exec(
        'CREATE TABLE IF NOT EXISTS first_stock (name TEXT PRIMARY KEY, quantity INTEGER NOT NULL, checksum INTEGER NOT NULL) WITHOUT ROWID',
      );
    }
    this.statements = {
      find: db.prepare('SELECT name, quantity, checksum FROM first_stock WHERE name = ?'),
      add: db.prepare('INSERT INTO first_stock VALUES (?, ?, ?)'),
      page: db.prepare('SELECT name, quantity, checksum FROM first_stock WHERE name > ? ORDER BY name LIMIT ?'),
      clear: db.prepare('DELETE FROM first_stock'),
    };
  }

  /** Null when the stock is not known here. */
  quantityOf(name: string): number | null {
    const row = this.statements.find.get(name) as Row | undefined;
    return row ? this.verified(row).quantity : null;
  }

  add({ name, quantity }: Pick<FirstStock, 'name' | 'quantity'>): void {
    this.statements.add.run(name, quantity, checksum(name, quantity));
  }

  clear(): void {
    this.statements.clear.run();
  }

  *pages(): Generator {
    for (let after = ''; ;) {
      const rows = this.statements.page.all(after, ROWS_PER_PAGE) as Row[];
      const last = rows.at(-1);
      if (!last) return;
      yield { firstStocks: rows.map((row) => this.verified(row)) } satisfies FirstStockPage;
      after = last.name;
    }
  }

  /** Takes a page of a snapshot; false when it is not one of first stocks. */
  load(page: Page): boolean {
    const { firstStocks } = page as Partial<FirstStockPage>;
    for (const stock of firstStocks ?? []) this.add(stock);
    return firstStocks !== undefined;
  }

  private verified({ name, quantity, checksum: sum }: Row): Pick<FirstStock, 'name' | 'quantity'> {
    if (sum !== checksum(name, quantity))
      throw new CorruptData(this.db.name, `the first quantity of stock ${name} does not match its checksum`);
    return { name, quantity };
  }
}
