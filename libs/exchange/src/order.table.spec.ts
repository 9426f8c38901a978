import type { Order, OrderPage } from '#contracts';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { OrderTable } from './order.table.js';

let db: Database.Database;
let table: OrderTable;

function order(number: number, more: Partial<Order> = {}): Order {
  const content = { name: 'Ford', type: 'buy', quantity: 1, priceCents: 1193, executedAt: 5 } as const;
  return { number, key: `key-${number}`, ...content, ...more };
}

function add(...orders: readonly Order[]): void {
  for (const each of orders) table.add(each);
}

function numbers({ orders, next }: OrderPage): [number[], number | null] {
  return [orders.map(({ number }) => number), next];
}

beforeEach(() => {
  db = new Database(':memory:');
  table = new OrderTable(db);
});

describe('the table of orders', () => {
  it('accepts only the next number, and each key once', () => {
    expect(() => add(order(2))).toThrow(/order 2 would follow order 0/);
    add(order(1), order(2));
    expect(() => add(order(2, { key: 'other' }))).toThrow(/order 2 would follow order 2/);
    expect(() => add(order(3, { key: 'key-1' }))).toThrow(/UNIQUE/);
    expect(table.list(0, 10).orders).toEqual([order(1), order(2)]);
  });

  it('finds by number and by key', () => {
    add(order(1), order(2, { name: 'Tesla', type: 'sell' }));
    expect([table.find(1), table.find(3), table.findByKey('key-2')?.name, table.findByKey('key-3')]).toEqual([
      order(1),
      undefined,
      'Tesla',
      undefined,
    ]);
  });

  it('lists orders in pages, filtered, and says where to continue', () => {
    add(...Array.from({ length: 9 }, (_, i) => order(i + 1, i % 3 === 0 ? { name: 'Tesla', type: 'sell' } : {})));
    expect(numbers(table.list(0, 4))).toEqual([[1, 2, 3, 4], 4]);
    expect(numbers(table.list(8, 4))).toEqual([[9], null]);
    expect(numbers(table.list(5, 4))).toEqual([[6, 7, 8, 9], null]);
    expect(numbers(table.list(0, 2, { name: 'Tesla' }))).toEqual([[1, 4], 4]);
    expect(numbers(table.list(4, 2, { type: 'sell' }))).toEqual([[7], null]);
    expect(numbers(table.list(99, 2))).toEqual([[], null]);
  });

  it('reads a bounded number of orders for a filtered page', () => {
    add(...Array.from({ length: 25_000 }, (_, i) => order(i + 1)));
    expect(numbers(table.list(0, 5, { name: 'Nobody' }))).toEqual([[], 10_000]);
    expect(numbers(table.list(20_000, 5, { name: 'Nobody' }))).toEqual([[], null]);
  });

  it('has a digest that differs for different orders and ignores later ones', () => {
    add(order(1), order(2), order(3));
    const digest = table.digest(0, 2);
    add(order(4));
    expect(table.digest(0, 2)).toBe(digest);
    expect(table.digest(1, 2)).not.toBe(digest);
    table.clear();
    add(order(1), order(2, { executedAt: 6 }));
    expect(table.digest(0, 2)).not.toBe(digest);
  });

  it.each([
    ['UPDATE orders SET quantity = 2 WHERE number = 2', () => table.find(2)],
    ['UPDATE orders SET number = 7 WHERE number = 2', () => table.list(0, 10)],
    ['DELETE FROM orders WHERE number = 2', () => table.find(2)],
    ['DELETE FROM orders WHERE number = 2', () => table.list(0, 10)],
    ['DELETE FROM orders WHERE number = 2', () => table.digest(0, 10)],
    ["UPDATE orders SET key = 'x' WHERE number = 2", () => table.findByKey('x')],
  ])('never answers from changed data: %s', (change, read) => {
    add(order(1), order(2), order(3));
    db.exec(change);
    expect(read).toThrow(/damaged/);
  });
});
