import type { FirstStock } from '#contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { OpenExchange } from '../test/open-exchange.js';
import { Exchange } from './exchange.js';
import type { ExchangeResult } from './exchange.command.js';

const FIRST_STOCKS: readonly FirstStock[] = [
  { name: 'Ford', priceCents: 1193, quantity: 1000, maxTradingVolume: 0 },
  { name: 'BoarCo', priceCents: 3025, quantity: 1000, maxTradingVolume: 100 },
  { name: 'Tesla', priceCents: 18326, quantity: 1000, maxTradingVolume: 0 },
];

let member: OpenExchange;

function trade(key: string, type: 'buy' | 'sell', quantity: number, name = 'Ford', executedAt = 1): ExchangeResult {
  return member.apply({ command: 'trade', key, name, type, quantity, executedAt });
}

function addFirstStocks(): ExchangeResult {
  return member.apply({ command: 'addFirstStocks', stocks: FIRST_STOCKS });
}

beforeEach(() => {
  member = new OpenExchange();
  addFirstStocks();
});

describe('an exchange', () => {
  it('decides nothing and remembers nothing before it has stocks', () => {
    member = new OpenExchange();
    expect([trade('a', 'buy', 1), member.exchange.isEmpty]).toEqual([
      { result: 'undecided', because: 'noStocks' },
      true,
    ]);
    expect(addFirstStocks()).toEqual({ result: 'firstStocks', added: true });
    expect(trade('a', 'buy', 1)).toEqual({ result: 'executed', number: 1, replayed: false });
  });

  it('accepts first stocks once', () => {
    trade('a', 'buy', 10);
    const others = [{ name: 'Nike', priceCents: 1, quantity: 1, maxTradingVolume: 0 }];
    expect(member.apply({ command: 'addFirstStocks', stocks: others })).toEqual({
      result: 'firstStocks',
      added: false,
    });
    expect(member.exchange.findStock('Nike')).toBeUndefined();
    expect(member.exchange.findStock('Ford')).toMatchObject({ quantity: 990, initialQuantity: 1000 });
  });

  it('lowers the quantity for buys, raises it for sells, and counts both as volume', () => {
    trade('a', 'buy', 30);
    trade('b', 'sell', 5);
    expect(member.exchange.findStock('Ford')).toMatchObject({ quantity: 975, volume: 35, version: 3 });
    expect(member.exchange.findStock('Tesla')).toMatchObject({ quantity: 1000, volume: 0, version: 1 });
  });

  it.each([
    ['buy', 1001, 'Ford', 'NOT_ENOUGH_STOCKS'],
    ['buy', 101, 'BoarCo', 'MAX_TRADING_VOLUME_EXCEEDED'],
    ['sell', 101, 'BoarCo', 'MAX_TRADING_VOLUME_EXCEEDED'],
    ['buy', 1, 'ford', 'STOCK_NOT_FOUND'],
    ['sell', 1_000_000_000_000_000, 'Ford', 'STOCK_LIMIT_EXCEEDED'],
  ] as const)('refuses to %s %d of %s: %s, changes nothing, and assigns no number', (type, quantity, name, reason) => {
    const before = member.exchange.listStocks('', 100);
    expect(trade('a', type, quantity, name)).toEqual({ result: 'refused', reason, replayed: false });
    expect(member.exchange.listStocks('', 100)).toEqual(before);
    expect(trade('b', 'buy', 1)).toMatchObject({ number: 1 });
  });

  it('can sell out, but not below zero', () => {
    trade('a', 'buy', 1000);
    expect(trade('b', 'buy', 1)).toMatchObject({ result: 'refused', reason: 'NOT_ENOUGH_STOCKS' });
    expect(member.exchange.findStock('Ford')?.quantity).toBe(0);
  });

  it('gives a repeat the first answer, no matter what has changed since', () => {
    trade('a', 'buy', 1000);
    trade('b', 'buy', 1);
    trade('c', 'sell', 500);
    expect(trade('a', 'buy', 1000)).toEqual({ result: 'executed', number: 1, replayed: true });
    expect(trade('b', 'buy', 1)).toEqual({ result: 'refused', reason: 'NOT_ENOUGH_STOCKS', replayed: true });
    expect(member.exchange.findStock('Ford')?.quantity).toBe(500);
  });

  it.each(['buy', 'sell'] as const)(
    'refuses a key that was used for another trade, executed or refused: %s',
    (type) => {
      trade('a', 'buy', 1);
      trade('b', 'buy', 5000);
      for (const [key, quantity] of [
        ['a', 2],
        ['b', 1],
      ] as const)
        expect(trade(key, type, quantity)).toEqual({ result: 'undecided', because: 'keyReused' });
      expect(trade('a', 'buy', 1, 'Tesla')).toEqual({ result: 'undecided', because: 'keyReused' });
      expect(trade('a', 'buy', 1)).toEqual({ result: 'executed', number: 1, replayed: true });
    },
  );

  it('forgets the oldest refusals beyond the limit, also after a restart, and never an executed trade', () => {
    member = new OpenExchange(() => new Exchange(2));
    addFirstStocks();
    trade('bought', 'buy', 1);
    for (const key of ['r1', 'r2']) trade(key, 'buy', 5000);
    member.restart();
    trade('r3', 'buy', 5000);
    expect(trade('r2', 'buy', 5000)).toMatchObject({ replayed: true });
    expect(trade('r1', 'buy', 5000)).toMatchObject({ replayed: false });
    expect(trade('bought', 'buy', 1)).toMatchObject({ replayed: true });
  });

  it('dates no order before the preceding one, whatever the clocks say', () => {
    const move = { restart: () => member.restart(), rebuild: () => member.rebuild(), stay: () => undefined };
    const clocks = [5000, 4000, 6000, 1, 2, 7000];
    for (const [i, how] of (['stay', 'stay', 'stay', 'restart', 'rebuild', 'stay'] as const).entries()) {
      move[how]();
      trade(`k${i}`, 'buy', 1, 'Ford', clocks[i]);
    }
    const times = member.exchange.listOrders(0, 10).orders.map(({ executedAt }) => executedAt);
    expect(times).toEqual([5000, 5000, 6000, 6000, 6000, 7000]);
  });

  it('is the same after a snapshot of many pages', () => {
    for (let i = 0; i < 1200; i += 1) trade(`k${i}`, i % 2 === 0 ? 'buy' : 'sell', i % 3 === 0 ? 5000 : 1);
    const before = member.rows();
    const sizes = [...member.exchange.snapshot(member.db)].map((page) => JSON.stringify(page).length);
    expect(Math.max(...sizes)).toBeLessThan(128 * 1024);
    member.rebuild();
    expect(member.rows()).toBe(before);
  });

  it('lists stocks in pages', () => {
    const page = (after: string): unknown => {
      const { stocks, next } = member.exchange.listStocks(after, 2);
      return [stocks.map(({ name }) => name), next];
    };
    expect([page(''), page('Ford')]).toEqual([
      [['BoarCo', 'Ford'], 'Ford'],
      [['Tesla'], null],
    ]);
  });

  it('rejects a page of a snapshot that belongs to no known table', () => {
    expect(() => member.exchange.restore([{ shares: [] }])).toThrow(/no known table/);
  });
});

describe('data that was changed on disk', () => {
  it.each([
    ['UPDATE stock SET quantity = 5', () => member.exchange.findStock('Ford')],
    ["UPDATE stock SET name = 'Aaa' WHERE name = 'Ford'", () => member.exchange.listStocks('', 100)],
    // Nobody would look it up by its new name.
    ["UPDATE stock SET name = 'Fore' WHERE name = 'Ford'", () => member.restart()],
    ['UPDATE stock SET initial_quantity = 5', () => member.exchange.listStocks('', 100)],
    ['UPDATE orders SET quantity = 2', () => trade('a', 'buy', 1)],
    ['UPDATE orders SET quantity = 2', () => [...member.exchange.snapshot(member.db)]],
    ["UPDATE refusal SET reason = 'STOCK_NOT_FOUND'", () => trade('b', 'buy', 5000)],
    ["UPDATE refusal SET reason = 'STOCK_NOT_FOUND'", () => [...member.exchange.snapshot(member.db)]],
  ])('is never used for an answer: %s', (change, read) => {
    trade('a', 'buy', 1);
    trade('b', 'buy', 5000);
    member.db.exec(change);
    expect(read).toThrow(/damaged/);
  });
});
