import type { Order } from '#contracts';
import { Difference } from './difference.js';
import type { ExchangeMember, HeldStock } from './exchange-member.js';

/** A stock, and what the orders up to its `lastNumber` have moved. */
export interface Balance extends HeldStock {
  readonly bought: number;
  readonly sold: number;
}

/**
 * Proves that a member has lost and made no share: for each stock, `quantity = initial - bought + sold`, at the very number
 * at which it was read, and never below zero before. So trading may go on meanwhile.
 */
export class Conservation {
  private readonly moved = new Map<string, { bought: number; sold: number }>();
  private readonly stocks: ReadonlyMap<string, HeldStock>;
  /** Orders up to this number were there when any of the stocks was read. */
  private readonly surelySeen: number;

  constructor(private readonly of: Pick<ExchangeMember, 'name' | 'stocks' | 'lastNumber'>) {
    this.stocks = new Map(of.stocks.map((stock) => [stock.name, stock]));
    this.surelySeen = of.stocks[0]?.lastNumber ?? of.lastNumber;
  }

  /** Takes the orders one by one, from number 1 on. */
  add({ number, name, type, quantity }: Order): void {
    const stock = this.stocks.get(name);
    if (stock === undefined && number <= this.surelySeen)
      throw new Difference(`order ${number} is of ${name}, a stock that ${this.of.name} does not have`);
    if (stock === undefined || number > stock.lastNumber) return;
    const moved = this.moved.get(name) ?? { bought: 0, sold: 0 };
    moved[type === 'buy' ? 'bought' : 'sold'] += quantity;
    this.moved.set(name, moved);
    const left = stock.initialQuantity - moved.bought + moved.sold;
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
    for (const balance of balances) this.checkBalance(balance);
    return balances;
  }

  private checkBalance({ name, initialQuantity, bought, sold, quantity, volume, lastNumber }: Balance): void {
    const facts = `${bought} bought and ${sold} sold in the orders 1 to ${lastNumber}`;
    const left = initialQuantity - bought + sold;
    if (quantity !== left) {
      throw new Difference(
        `${name}: ${this.of.name} has ${quantity} shares, but ${initialQuantity} at first, ${facts} make ${left}`,
      );
    }
    if (volume !== bought + sold)
      throw new Difference(`${name}: ${this.of.name} counts a volume of ${volume}, but ${facts} make ${bought + sold}`);
  }
}
