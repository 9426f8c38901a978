import { EXCHANGE_PATTERNS, type Order, type OwnDigest, type OwnOrders } from '#contracts';
import { Exchange, OwnStateController, type Trade } from '#exchange';
import { STATUS_PATTERN } from '#replication';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { ExchangeMember } from './exchange-member.js';
import { compareAll } from './verify-system.js';

const STOCK = { priceCents: 1193, quantity: 100_000, maxTradingVolume: 0 };
const FIRST_STOCKS = ['Ford', 'Nike'].map((name) => ({ name, ...STOCK }));

function trade(number: number, more: Partial<Trade> = {}): Trade {
  return { key: `k${number}`, name: 'Ford', type: number % 2 === 0 ? 'sell' : 'buy', quantity: 1, ...more };
}

function tradesTo(last: number): Trade[] {
  return Array.from({ length: last }, (_, i) => trade(i + 1));
}

interface Settings {
  readonly stocks?: typeof FIRST_STOCKS;
  /** It takes itself for complete. */
  readonly isReady?: boolean;
  /** The answer that it gives instead. */
  readonly falsify?: (answer: unknown) => unknown;
}

/** A member that has applied these trades, with the state and the answers of a real one. */
function member(name: string, trades: readonly Trade[], settings: Settings = {}): ExchangeMember {
  const { stocks = FIRST_STOCKS, isReady = true, falsify = (answer) => answer } = settings;
  const exchange = new Exchange();
  exchange.prepare(new Database(':memory:'));
  if (stocks.length > 0) exchange.apply({ index: 1, command: { command: 'addFirstStocks', stocks } } as never);
  for (const [i, each] of trades.entries()) {
    exchange.apply({ index: i + 2, command: { command: 'trade', executedAt: 7, ...each } } as never);
  }
  const own = new OwnStateController(exchange);
  const answers: Record<string, (asked: never) => unknown> = {
    [EXCHANGE_PATTERNS.ownOrders]: (asked) => own.ownOrders(asked),
    [EXCHANGE_PATTERNS.ownStocks]: (asked) => own.ownStocks(asked),
    [EXCHANGE_PATTERNS.ownDigest]: (asked) => own.ownDigest(asked),
    [STATUS_PATTERN]: () => ({ ready: isReady }),
  };
  const ask = (_id: number, pattern: string, asked: object): Promise<unknown> =>
    Promise.resolve({ answer: falsify(answers[pattern]?.(asked as never)) });
  return new ExchangeMember({ ask } as never, 1, name);
}

function silent(name: string): ExchangeMember {
  const ask = (): Promise<unknown> => Promise.resolve({ failed: 'refused', why: 'refuses connections' });
  return new ExchangeMember({ ask } as never, 1, name);
}

async function compare(...members: readonly ExchangeMember[]): Promise<Parameters<typeof compareAll>[1]> {
  const found = { orders: 0, stocks: [] };
  await Promise.all(members.map((each) => each.readStocks()));
  await compareAll(members, found, () => undefined, 0);
  return found;
}

describe('the comparison of order replicas and catalogs', () => {
  it('goes through all orders, over the ends of digests and pages', async () => {
    const trades = tradesTo(10_500);
    const members = ['order-1', 'order-2', 'catalog-1'].map((name) => member(name, trades));
    const { orders, stocks } = await compare(...members);
    expect(orders).toBe(10_500);
    expect(members.map(({ comparedUpTo }) => comparedUpTo)).toEqual([10_500, 10_500, 10_500]);
    expect(stocks).toMatchObject([
      { name: 'Ford', bought: 5250, sold: 5250, quantity: 100_000, volume: 10_500, lastNumber: 10_500 },
      { name: 'Nike', bought: 0, sold: 0, quantity: 100_000, volume: 0 },
    ]);
  });

  it.each([1, 999, 1000, 1001, 2001])('finds order %d to differ, and shows both', async (number) => {
    const trades = tradesTo(2001);
    const other = trades.with(number - 1, trade(number, { quantity: 2 }));
    await expect(compare(member('order-1', trades), member('catalog-1', other))).rejects.toThrow(
      `order ${number} differs on catalog-1: quantity is 2, it should be 1 as on order-1\n  order-1: {"number":${number},`,
    );
  });

  it('finds a number out of its place, and a key that was used twice', async () => {
    const onOrders = (change: (order: Order) => Order) => (answer: unknown) => {
      const { orders, ...rest } = answer as Partial<OwnOrders>;
      return orders === undefined ? answer : { ...rest, orders: orders.map(change) };
    };
    const gap = onOrders((order) => ({ ...order, number: order.number > 4 ? order.number + 1 : order.number }));
    await expect(compare(member('order-1', tradesTo(9), { falsify: gap }))).rejects.toThrow(
      'order-1 has order 6 in the place of number 5',
    );
    const doubled = onOrders((order) => (order.number === 9 ? { ...order, key: 'k2' } : order));
    await expect(compare(member('order-1', tradesTo(9), { falsify: doubled }))).rejects.toThrow(
      'the key k2 has made two orders: 2 and 9',
    );
  });

  it('finds a digest that differs although the orders are shown alike', async () => {
    const falsify = (answer: unknown): unknown =>
      (answer as Partial<OwnDigest>).digest === undefined ? answer : { ...(answer as OwnDigest), digest: 'x' };
    const [one, other] = [member('order-1', tradesTo(9)), member('order-2', tradesTo(9), { falsify })];
    await expect(compare(one, other)).rejects.toThrow(
      'the orders 1 to 9 have another digest on order-2 than on order-1',
    );
  });

  it('compares what a member has that is behind and knows it, and names it', async () => {
    const behind = member('catalog-1', tradesTo(1200), { isReady: false });
    expect((await compare(member('order-1', tradesTo(3000)), behind)).orders).toBe(3000);
    expect(behind).toMatchObject({ comparedUpTo: 1200, problem: 'is behind: it has no order 1201 yet' });
    const wrong = tradesTo(1200).with(1100, trade(1101, { quantity: 2 }));
    await expect(
      compare(member('order-1', tradesTo(3000)), member('catalog-1', wrong, { isReady: false })),
    ).rejects.toThrow('order 1101 differs on catalog-1');
  });

  it('finds a member that is short of orders and does not know it', async () => {
    await expect(compare(member('order-1', tradesTo(9)), member('order-2', tradesTo(8)))).rejects.toThrow(
      'order-2 has no order 9, of 9, and takes itself for complete',
    );
  });

  it('leaves out a member that does not answer, and ends when none does', async () => {
    const down = silent('catalog-1');
    expect((await compare(member('order-1', tradesTo(10)), down)).orders).toBe(10);
    expect(down).toMatchObject({ problem: 'refuses connections', comparedUpTo: 0 });
    const dying = member('order-1', tradesTo(10));
    await dying.readStocks();
    dying.problem = 'refuses connections';
    await expect(compareAll([dying], { orders: 0, stocks: [] }, () => undefined, 0)).rejects.toMatchObject({
      exitCode: 3,
    });
  });

  it('finds a stock that differs in what no trade changes, also on a member that is behind', async () => {
    const stocks = FIRST_STOCKS.with(1, { ...FIRST_STOCKS[1]!, priceCents: 5 });
    for (const last of [8, 9]) {
      const other = member('catalog-1', tradesTo(last), { stocks, isReady: false });
      await expect(compare(member('order-1', tradesTo(9)), other)).rejects.toThrow(
        'Nike differs on catalog-1: priceCents is 5, it should be 1193 as on order-1',
      );
    }
  });

  it('finds a stock that is on one member only', async () => {
    const few = (): ExchangeMember => member('catalog-1', tradesTo(9), { stocks: FIRST_STOCKS.slice(0, 1) });
    await expect(compare(member('order-1', tradesTo(9)), few())).rejects.toThrow(
      'order-1 has a stock that catalog-1 lacks: Nike',
    );
    await expect(compare(few(), member('order-1', tradesTo(9)))).rejects.toThrow(
      'order-1 has a stock that catalog-1 lacks: Nike',
    );
  });

  it('does not blame a member that has no stocks yet', async () => {
    const empty = member('catalog-1', [], { stocks: [] });
    expect((await compare(member('order-1', []), empty)).stocks).toHaveLength(2);
    expect(empty.problem).toBe('had no stocks yet');
  });
});
