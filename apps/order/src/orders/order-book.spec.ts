import type { Trade } from '@stock-bazaar/contracts';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { OrderBook } from './order-book.js';

let db: Database.Database;
let book: OrderBook;

function trade(number: number, more: Partial<Trade> = {}): Trade {
  return {
    number,
    key: `key-${number}`,
    name: 'GameStart',
    type: 'buy',
    quantity: 1,
    priceCents: 1599,
    executedAt: 5,
    ...more,
  };
}

function record(...trades: Trade[]): ReturnType<OrderBook['apply']> {
  return book.apply({ index: 1, term: 1, command: { type: 'record', trades } });
}

beforeEach(() => {
  db = new Database(':memory:');
  book = new OrderBook();
  book.prepare(db);
});

describe('the order book', () => {
  it('takes only the next number', () => {
    expect(record(trade(2))).toEqual({ lastNumber: 0, contradicted: null });
    expect(record(trade(1), trade(2), trade(4))).toEqual({ lastNumber: 2, contradicted: null });
    expect(record(trade(3), trade(4))).toEqual({ lastNumber: 4, contradicted: null });
  });

  it('takes a repeat for what it is', () => {
    record(trade(1), trade(2));
    expect(record(trade(1), trade(2), trade(3))).toEqual({ lastNumber: 3, contradicted: null });
    expect(book.list(0, 10, {}).orders).toEqual([trade(1), trade(2), trade(3)]);
  });

  it('keeps what is on record when a number comes back for another trade, or a trade under another number', () => {
    record(trade(1), trade(2));
    expect(record(trade(2, { key: 'other' }))).toEqual({ lastNumber: 2, contradicted: 2 });
    expect(record(trade(3, { key: 'key-1' }))).toEqual({ lastNumber: 2, contradicted: 3 });
    expect(book.find(2)).toEqual(trade(2));
  });

  it('finds by number and by key', () => {
    record(trade(1), trade(2, { name: 'Tesla', type: 'sell' }));
    expect([book.find(1), book.find(3), book.findByKey('key-2')?.name, book.findByKey('key-3')]).toEqual([
      trade(1),
      undefined,
      'Tesla',
      undefined,
    ]);
  });

  it('lists in pages, filtered, and says where to go on', () => {
    record(...Array.from({ length: 9 }, (_, i) => trade(i + 1, i % 3 === 0 ? { name: 'Tesla', type: 'sell' } : {})));
    expect(numbers(book.list(0, 4, {}))).toEqual([[1, 2, 3, 4], 4]);
    expect(numbers(book.list(8, 4, {}))).toEqual([[9], null]);
    expect(numbers(book.list(5, 4, {}))).toEqual([[6, 7, 8, 9], null]);
    expect(numbers(book.list(0, 2, { name: 'Tesla' }))).toEqual([[1, 4], 4]);
    expect(numbers(book.list(4, 2, { type: 'sell' }))).toEqual([[7], null]);
    expect(numbers(book.list(99, 2, {}))).toEqual([[], null]);
  });

  it('looks at a bounded number of orders for a filtered page', () => {
    record(...Array.from({ length: 25_000 }, (_, i) => trade(i + 1)));
    expect(numbers(book.list(0, 5, { name: 'Nobody' }))).toEqual([[], 10_000]);
    expect(numbers(book.list(20_000, 5, { name: 'Nobody' }))).toEqual([[], null]);
  });

  it('is the same after a snapshot', () => {
    record(...Array.from({ length: 1200 }, (_, i) => trade(i + 1)));
    const copyDb = new Database(':memory:');
    const copy = new OrderBook();
    copy.prepare(copyDb);
    copy.restore(JSON.parse(JSON.stringify([...book.snapshot(db)])) as unknown[]);
    expect(copyDb.prepare('SELECT * FROM orders').all()).toEqual(db.prepare('SELECT * FROM orders').all());
  });

  it.each([
    ['UPDATE orders SET quantity = 2 WHERE number = 2', () => book.find(2)],
    ['UPDATE orders SET number = 7 WHERE number = 2', () => book.list(0, 10, {})],
    ['DELETE FROM orders WHERE number = 2', () => book.find(2)],
    ['DELETE FROM orders WHERE number = 2', () => book.list(0, 10, {})],
    ["UPDATE orders SET key = 'x' WHERE number = 2", () => book.findByKey('x')],
  ])('never answers from a changed table: %s', (change, read) => {
    record(trade(1), trade(2), trade(3));
    db.exec(change);
    expect(read).toThrow(/damaged/);
  });
});

function numbers({ orders, next }: ReturnType<OrderBook['list']>): [number[], number | null] {
  return [orders.map(({ number }) => number), next];
}
