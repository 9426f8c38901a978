import type { Trade } from '@stock-bazaar/contracts';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { FIRST_STOCKS } from './seed.js';
import { StockBook } from './stock-book.js';

let book: StockBook;
let changed: string[];

function trade(number: number, more: Partial<Trade> = {}): Trade {
  return {
    number,
    key: `k${number}`,
    name: 'Ford',
    type: 'buy',
    quantity: 10,
    priceCents: 1193,
    executedAt: 7,
    ...more,
  };
}

function restore(...trades: Trade[]): ReturnType<StockBook['apply']> {
  return book.apply({ index: 9, term: 1, command: { type: 'restore', trades } });
}

beforeEach(() => {
  book = new StockBook();
  book.prepare(new Database(':memory:'));
  book.apply({ index: 1, term: 1, command: { type: 'seed', stocks: FIRST_STOCKS, incarnation: 'first' } });
  book.apply({ index: 2, term: 1, command: { type: 'recorded', upTo: 3, orderTerm: 1, orderGroup: 'ours' } });
  changed = [];
  book.onChange = ({ name }) => changed.push(name);
});

describe('trades that are given back to a catalog that has forgotten them', () => {
  it('move shares as they did, and keep their numbers, times and keys', () => {
    const trades = [trade(1), trade(2, { type: 'sell', quantity: 4 }), trade(3, { name: 'BoarCo', priceCents: 3025 })];
    expect(restore(...trades)).toEqual({ type: 'restored', lastNumber: 3, problem: null });
    expect(book.find('Ford')).toMatchObject({ quantity: 994, volume: 14, version: 9 });
    expect(book.executedAfter(0, 10)).toEqual(trades);
    expect(changed).toEqual(['Ford', 'BoarCo']);
  });

  it('are executed once, however often they come', () => {
    restore(trade(1), trade(2));
    expect(restore(trade(1), trade(2), trade(3))).toEqual({ type: 'restored', lastNumber: 3, problem: null });
    expect(book.find('Ford')?.quantity).toBe(970);
  });

  it('are not held to limits that came later', () => {
    const large = trade(1, { name: 'BoarCo', priceCents: 3025, quantity: 500 });
    expect(restore(large)).toMatchObject({ lastNumber: 1, problem: null });
  });

  it.each([
    ['a gap', trade(3), /trade 2 comes before trade 3/],
    ['another trade under the number', trade(1, { key: 'other' }), /has executed another one under that number/],
    ['another quantity', trade(1, { quantity: 11 }), /has executed another one under that number/],
    ['a key that was used', trade(2, { key: 'k1' }), /key k1 of trade 2 has another outcome/],
    ['an unknown stock', trade(2, { name: 'Nobody' }), /not among the first stocks/],
    ['another price', trade(2, { priceCents: 1 }), /made at 1 cents, but Ford costs 1193/],
    ['too few shares', trade(2, { quantity: 991 }), /impossible with the 990 shares/],
  ])('stop at %s, without any change', (_, wrong, problem) => {
    restore(trade(1));
    const before = book.list('', 100);
    expect(restore(wrong, trade(2))).toMatchObject({
      lastNumber: 1,
      problem: expect.stringMatching(problem) as string,
    });
    expect(book.list('', 100)).toEqual(before);
  });

  it('are taken only as far as an order leader has said that they are on record', () => {
    restore(trade(1), trade(2), trade(3));
    expect(restore(trade(4))).toMatchObject({
      lastNumber: 3,
      problem: expect.stringMatching(/on no record/) as string,
    });
  });

  it('wait for the first stocks', () => {
    book = new StockBook();
    book.prepare(new Database(':memory:'));
    expect(restore(trade(1))).toEqual({ type: 'undecided', because: 'notSeeded' });
  });
});
