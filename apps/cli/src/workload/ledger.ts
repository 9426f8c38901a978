import { type TradeWish } from '#harness';

/** A trade that was acknowledged, as this client keeps it. */
export interface KeptTrade extends TradeWish {
  readonly number: number;
  readonly key: string;
  /** When the answer came, as `performance.now()` gives it. */
  readonly answeredAt: number;
}

/** Records every request of this client and its outcome: the truth that the exchange is compared with afterwards. */
export class Ledger {
  readonly kept: KeptTrade[] = [];
  /** Trades that were answered "refused" or "certainly not executed", by key. They must never appear. */
  readonly refused = new Map<string, TradeWish | undefined>();
  /** Trades without a clear answer, by key. They may appear once, as asked for, or not at all. */
  readonly unknown = new Map<string, TradeWish>();
  private readonly numbers = new Set<number>();
  private keysMade = 0;

  /** @param prefix starts each key of this run, and no key of any other */
  constructor(readonly prefix: string) {}

  nextKey(): string {
    this.keysMade += 1;
    return `${this.prefix}${this.keysMade}`;
  }

  /** Returns false when another trade of this client has the number already. */
  keep(trade: KeptTrade): boolean {
    this.kept.push(trade);
    const isNew = !this.numbers.has(trade.number);
    this.numbers.add(trade.number);
    return isNew;
  }
}
