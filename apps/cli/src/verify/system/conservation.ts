import type { AuditedStock, Order } from '@stock-bazaar/contracts';
import { Difference } from './difference.js';

/** One stock in the catalog's books, right after trade `lastNumber` and before the next one. */
export interface BookedStock extends AuditedStock {
  readonly lastNumber: number;
}

/** What the orders up to that number make of it. */
export interface Balance extends BookedStock {
  readonly bought: number;
  readonly sold: number;
}

/**
 * Proves that no share was lost or made: for each stock, `quantity = initial - bought + sold`, at the very number at
 * which the catalog's books were read, and never below zero before. So trading may go on meanwhile.
 */
export class Conservation {
  private readonly moved = new Map<string, { bought: number; sold: number }>();
  private readonly stocks: ReadonlyMap<string, BookedStock>;

  constructor(stocks: readonly BookedStock[]) {
    this.stocks = new Map(stocks.map((stock) => [stock.name, stock]));
  }

  /** Takes the orders one by one, from number 1 on. */
  add({ number, name, type, quantity }: Order): void {
    const stock = this.stocks.get(name);
    if (stock === undefined)
      throw new Difference(`order ${number} is of ${name}, a stock that the catalog does not have`);
    if (number > stock.lastNumber) return;
    const moved = this.moved.get(name) ?? { bought: 0, sold: 0 };
    moved[type === 'buy' ? 'bought' : 'sold'] += quantity;
    this.moved.set(name, moved);
    const left = stock.initialQuantity === null ? 0 : stock.initialQuantity - moved.bought + moved.sold;
    if (left < 0) {
      throw new Difference(
        `order ${number} (${type} ${quantity} ${name}) leaves ${left} shares: of ${stock.initialQuantity} at first, ` +
          `${moved.bought} were bought and ${moved.sold} sold`,
      );
    }
  }

  /** To be called after the last order. */
  check(): readonly Balance[] {
    const balances = [...this.stocks.values()].map((stock) => ({
      ...stock,
      ...(this.moved.get(stock.name) ?? { bought: 0, sold: 0 }),
    }));
    for (const balance of balances) {
      const { name, initialQuantity, bought, sold, quantity, volume, lastNumber } = balance;
      const facts = `${bought} bought and ${sold} sold in the orders 1 to ${lastNumber}`;
      if (initialQuantity !== null && quantity !== initialQuantity - bought + sold) {
        throw new Difference(
          `${name}: the catalog has ${quantity} shares, but ${initialQuantity} at first, ${facts} make ${initialQuantity - bought + sold}`,
        );
      }
      if (volume !== bought + sold)
        throw new Difference(`${name}: the catalog counts a volume of ${volume}, but ${facts} make ${bought + sold}`);
    }
    return balances;
  }
}
