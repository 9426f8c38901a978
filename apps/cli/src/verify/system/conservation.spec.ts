import { describe, expect, it } from 'vitest';
import { Conservation } from './conservation.js';
import type { HeldStock } from './exchange-member.js';

function stock(more: Partial<HeldStock>): HeldStock {
  const fixed = { name: 'Ford', priceCents: 1, maxTradingVolume: 0, version: 1, initialQuantity: 10 };
  return { ...fixed, quantity: 10, volume: 0, lastNumber: 100, ...more };
}

function after(held: HeldStock, ...trades: readonly (readonly ['buy' | 'sell', number])[]): Conservation {
  const conservation = new Conservation({ name: 'catalog-1', stocks: [held], lastNumber: held.lastNumber });
  for (const [i, [type, quantity]] of trades.entries()) {
    conservation.add({ number: i + 1, key: `k${i}`, name: 'Ford', type, quantity, priceCents: 1, executedAt: 1 });
  }
  return conservation;
}

describe('conservation', () => {
  it('holds when a member has what the orders make', () => {
    const [balance] = after(stock({ quantity: 9, volume: 11 }), ['buy', 6], ['sell', 5]).check();
    expect(balance).toMatchObject({ bought: 6, sold: 5, quantity: 9 });
  });

  it('counts only the orders up to the moment at which the stock was read', () => {
    expect(() => after(stock({ quantity: 4, volume: 6, lastNumber: 1 }), ['buy', 6], ['buy', 3]).check()).not.toThrow();
  });

  it.each([
    [{ quantity: 8, volume: 6 }, 'Ford: catalog-1 has 8 shares, but 10 at first, 6 bought and 0 sold'],
    [{ quantity: 4, volume: 5 }, 'Ford: catalog-1 counts a volume of 5'],
  ])('does not hold for %j', (held, words) => {
    expect(() => after(stock(held), ['buy', 6]).check()).toThrow(words);
  });

  it('must hold after every single order', () => {
    expect(() => after(stock({}), ['buy', 11], ['sell', 11])).toThrow('order 1 (buy 11 Ford) leaves -1 shares');
  });

  it('finds an order of a stock that is unknown', () => {
    expect(() => after(stock({ name: 'Nike' }), ['buy', 1])).toThrow('a stock that catalog-1 does not have');
  });
});
