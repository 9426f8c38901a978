import Database from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CatalogCommand, CatalogResult } from './catalog.command.js';
import { FIRST_STOCKS } from './seed.js';
import { StockBook } from './stock-book.js';

let db: Database.Database;
let book: StockBook;
let index: number;

function open(refusalsKept?: number): void {
  db = new Database(':memory:');
  book = new StockBook(refusalsKept);
  book.prepare(db);
  index = 0;
}

function apply(command: CatalogCommand): CatalogResult {
  index += 1;
  return book.apply({ index, term: 1, command });
}

function trade(
  key: string,
  side: 'buy' | 'sell',
  quantity: number,
  name = 'GameStart',
  recordedUpTo = 0,
  orderTerm = 1,
  orderGroup = 'ours',
): CatalogResult {
  const executedAt = 1000 + index;
  return apply({ type: 'trade', key, name, side, quantity, executedAt, recordedUpTo, orderTerm, orderGroup });
}

function recorded(upTo: number, orderTerm: number, orderGroup = 'ours'): CatalogResult {
  return apply({ type: 'recorded', upTo, orderTerm, orderGroup });
}

beforeEach(() => {
  open();
  apply({ type: 'seed', stocks: FIRST_STOCKS, incarnation: 'first' });
});

describe('the stock book', () => {
  it('lets no trade look earlier than the one before, whatever the clocks say, also after a start and a snapshot', () => {
    const tradeAt = (executedAt: number): void => {
      const key = `at-${book.lastNumber + 1}`;
      apply({
        ...{ type: 'trade', key, name: 'Ford', side: 'buy', quantity: 1 },
        executedAt,
        recordedUpTo: 0,
        orderTerm: 1,
        orderGroup: 'ours',
      });
    };
    tradeAt(5000);
    tradeAt(4000);
    tradeAt(6000);
    book = new StockBook();
    book.prepare(db);
    tradeAt(1);
    const pages = JSON.parse(JSON.stringify([...book.snapshot(db)])) as unknown[];
    open();
    book.restore(pages);
    tradeAt(2);
    tradeAt(7000);
    const times = book.executedAfter(0, 10).map(({ executedAt }) => executedAt);
    expect(times).toEqual([5000, 5000, 6000, 6000, 6000, 7000]);
  });

  it('takes the first stocks once', () => {
    trade('a', 'buy', 10);
    apply({ type: 'seed', stocks: FIRST_STOCKS, incarnation: 'second' });
    expect(book.incarnation).toBe('first');
    expect(book.find('GameStart')?.quantity).toBe(990);
    expect(book.list('', 100).map(({ name }) => name)).toEqual(FIRST_STOCKS.map(({ name }) => name).toSorted());
  });

  it('keeps the quantities with which the stocks came', () => {
    trade('a', 'buy', 10);
    expect([book.initialQuantity('GameStart'), book.initialQuantity('Nobody')]).toEqual([1000, null]);
  });

  it('decides nothing and remembers nothing before it has stocks', () => {
    open();
    expect(trade('a', 'buy', 1)).toEqual({ type: 'undecided', because: 'notSeeded' });
    apply({ type: 'seed', stocks: FIRST_STOCKS, incarnation: 'first' });
    expect(trade('a', 'buy', 1)).toMatchObject({ outcome: { executed: true, replayed: false } });
  });

  it('lowers the quantity by what is bought, raises it by what is sold, and counts both as volume', () => {
    trade('a', 'buy', 30);
    trade('b', 'sell', 5);
    expect(book.find('GameStart')).toMatchObject({ quantity: 975, volume: 35, version: 3 });
  });

  it('numbers executed trades without gaps; refusals take no number', () => {
    const numbers = [trade('a', 'buy', 1), trade('b', 'buy', 5000), trade('c', 'sell', 1)].map((result) =>
      result.type === 'decided' && result.outcome.executed ? result.outcome.trade.number : null,
    );
    expect(numbers).toEqual([1, null, 2]);
  });

  it.each([
    ['buy', 1001, 'GameStart', 'NOT_ENOUGH_STOCKS'],
    ['buy', 101, 'BoarCo', 'MAX_TRADING_VOLUME_EXCEEDED'],
    ['sell', 101, 'BoarCo', 'MAX_TRADING_VOLUME_EXCEEDED'],
    ['buy', 1, 'gamestart', 'STOCK_NOT_FOUND'],
    ['sell', 1_000_000_000_000_000, 'GameStart', 'STOCK_LIMIT_EXCEEDED'],
  ] as const)('refuses to %s %d of %s: %s, and changes nothing', (side, quantity, name, reason) => {
    const before = book.list('', 100);
    expect(trade('a', side, quantity, name)).toEqual({
      type: 'decided',
      outcome: { executed: false, replayed: false, reason },
    });
    expect(book.list('', 100)).toEqual(before);
    expect(book.lastNumber).toBe(0);
  });

  it('can be drained to zero, and not below', () => {
    trade('a', 'buy', 1000);
    expect(trade('b', 'buy', 1)).toMatchObject({ outcome: { executed: false, reason: 'NOT_ENOUGH_STOCKS' } });
    expect(book.find('GameStart')?.quantity).toBe(0);
  });

  it('gives a repeat the first answer, whatever has changed since', () => {
    const bought = trade('a', 'buy', 1000);
    const refused = trade('b', 'buy', 1);
    trade('c', 'sell', 500);
    expect(trade('a', 'buy', 1000)).toEqual({ type: 'decided', outcome: { ...outcomeOf(bought), replayed: true } });
    expect(trade('b', 'buy', 1)).toEqual({ type: 'decided', outcome: { ...outcomeOf(refused), replayed: true } });
    expect(book.find('GameStart')?.quantity).toBe(500);
  });

  it('refuses a key that was used for another trade', () => {
    trade('a', 'buy', 1);
    for (const other of [trade('a', 'sell', 1), trade('a', 'buy', 2), trade('a', 'buy', 1, 'Tesla')]) {
      expect(other).toEqual({ type: 'undecided', because: 'keyReused' });
    }
    expect(trade('a', 'buy', 1)).toMatchObject({ outcome: { executed: true, replayed: true } });
  });

  it('does not trade, ever again, when the record knows of trades that it has forgotten', () => {
    trade('a', 'buy', 1);
    expect(trade('b', 'buy', 1, 'GameStart', 1)).toMatchObject({ outcome: { executed: true, replayed: false } });
    expect(trade('c', 'buy', 1, 'GameStart', 3)).toEqual({ type: 'undecided', because: 'behind' });
    expect(trade('c', 'buy', 1, 'GameStart', 2)).toEqual({ type: 'undecided', because: 'behind' });
    expect([book.isBehind, book.lastNumber]).toEqual([true, 2]);
  });

  it('takes nothing more from an order leader once it has heard a newer one', () => {
    trade('a', 'buy', 1, 'GameStart', 0, 5);
    expect(trade('b', 'buy', 1, 'GameStart', 0, 4)).toEqual({ type: 'undecided', because: 'superseded' });
    expect(recorded(9, 4)).toEqual({ type: 'undecided', because: 'superseded' });
    recorded(1, 6);
    expect(trade('b', 'buy', 1, 'GameStart', 1, 5)).toEqual({ type: 'undecided', because: 'superseded' });
    expect(trade('b', 'buy', 1, 'GameStart', 1, 6)).toMatchObject({ outcome: { executed: true, replayed: false } });
  });

  it('serves the first order group that has spoken, and takes nothing from another one, whatever its term', () => {
    trade('a', 'buy', 1, 'GameStart', 0, 5);
    for (const orderTerm of [4, 5, 9]) {
      expect(trade('b', 'buy', 1, 'GameStart', 0, orderTerm, 'theirs')).toEqual({
        type: 'undecided',
        because: 'foreign',
      });
      expect(recorded(7, orderTerm, 'theirs')).toEqual({ type: 'undecided', because: 'foreign' });
    }
    expect([book.orderTerm, book.orderGroup, book.recordedUpTo, book.lastNumber]).toEqual([5, 'ours', 0, 1]);
    expect(trade('b', 'buy', 1, 'GameStart', 0, 5)).toMatchObject({ outcome: { executed: true } });
  });

  it('forgets the oldest refusals beyond the number kept, and never an executed trade', () => {
    open(2);
    apply({ type: 'seed', stocks: FIRST_STOCKS, incarnation: 'first' });
    trade('bought', 'buy', 1);
    for (const key of ['r1', 'r2', 'r3']) trade(key, 'buy', 5000);
    expect(trade('r2', 'buy', 5000)).toMatchObject({ outcome: { replayed: true } });
    expect(trade('r1', 'buy', 5000)).toMatchObject({ outcome: { replayed: false } });
    expect(trade('bought', 'buy', 1)).toMatchObject({ outcome: { replayed: true } });
  });

  /** Every table is the same in a book that was made from a snapshot. */
  function expectSameAfterSnapshot(): void {
    const copyDb = new Database(':memory:');
    const copy = new StockBook();
    copy.prepare(copyDb);
    copy.restore(JSON.parse(JSON.stringify([...book.snapshot(db)])) as unknown[]);
    for (const table of ['stock', 'first_stock', 'incarnation', 'outcome', 'order_group']) {
      expect(copyDb.prepare(`SELECT * FROM ${table}`).all()).toEqual(db.prepare(`SELECT * FROM ${table}`).all());
    }
  }

  it('is the same after a snapshot', () => {
    trade('a', 'buy', 7);
    trade('b', 'buy', 5000);
    recorded(1, 4);
    expectSameAfterSnapshot();
  });

  it('knows after a snapshot what it has heard of the order group, also when it has executed nothing', () => {
    recorded(1000, 7);
    expectSameAfterSnapshot();
  });

  it.each([
    ['stock', 'UPDATE stock SET quantity = 5', () => book.find('GameStart')],
    ['stock', "UPDATE stock SET name = 'Aaa' WHERE name = 'GameStart'", () => book.list('', 100)],
    ['first_stock', 'UPDATE first_stock SET quantity = 5', () => book.initialQuantity('GameStart')],
    ['incarnation', "UPDATE incarnation SET name = 'other'", () => book.incarnation],
    ['outcome', 'UPDATE outcome SET quantity = 5', () => trade('a', 'buy', 1)],
    ['order_group', 'UPDATE order_group SET term = 0', () => new StockBook().prepare(db)],
    ['outcome', 'UPDATE outcome SET number = 3', () => book.executedAfter(0, 10)],
  ])('never answers from a changed row of %s: %s', (_, change, read) => {
    trade('a', 'buy', 1);
    db.exec(change);
    expect(read).toThrow(/damaged/);
  });
});

describe('a stock whose name was changed on disk', () => {
  it('is noticed at the start: nobody would ask for it by its new name', () => {
    db.exec("UPDATE stock SET name = 'Nvidic' WHERE name = 'Nvidia'");
    expect(() => new StockBook().prepare(db)).toThrow(/damaged/);
  });
});

function outcomeOf(result: CatalogResult): object {
  if (result.type !== 'decided') throw new Error('nothing was decided');
  return result.outcome;
}
