import type { Trade } from '@stock-bazaar/contracts';

/** What the order group's log carries: trades that the catalog has executed, in order of number. */
export interface OrderCommand {
  readonly type: 'record';
  readonly trades: readonly Trade[];
}

/** What applying it comes to. */
export interface OrderResult {
  /** Number of the last order on record afterwards. A trade above it was not taken, because the one before it is missing. */
  readonly lastNumber: number;
  /** A number that is on record for another trade: the catalog contradicts the record. */
  readonly contradicted: number | null;
}
