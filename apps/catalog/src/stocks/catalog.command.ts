import type { Trade, TradeOutcome, TradeType } from '@stock-bazaar/contracts';
import type { Restored } from './restore.js';
import type { FirstStock } from './seed.js';

/** What the catalog's log carries. Times and ids are decided before a command is proposed. */
export type CatalogCommand =
  | {
      readonly type: 'seed';
      readonly stocks: readonly FirstStock[];
      /** Names the exchange that begins with them, unlike any other. */
      readonly incarnation: string;
    }
  | {
      readonly type: 'trade';
      readonly key: string;
      readonly name: string;
      readonly side: TradeType;
      readonly quantity: number;
      /** The proposer's clock, in milliseconds since 1970. A trade is never dated before the one with the number before. */
      readonly executedAt: number;
      /** Every trade up to this number is on record in the order group. */
      readonly recordedUpTo: number;
      /** Term in which the asking order leader leads. */
      readonly orderTerm: number;
      /** Id of its order group. */
      readonly orderGroup: string;
    }
  | { readonly type: 'recorded'; readonly upTo: number; readonly orderTerm: number; readonly orderGroup: string }
  /** Trades on record that this catalog has forgotten, in order of number. */
  | { readonly type: 'restore'; readonly trades: readonly Trade[] };

/** What applying a command comes to. */
export type CatalogResult =
  | { readonly type: 'done' }
  | ({ readonly type: 'restored' } & Restored)
  | { readonly type: 'decided'; readonly outcome: TradeOutcome }
  /** Nothing was decided or remembered. */
  | { readonly type: 'undecided'; readonly because: Undecided };

/**
 * Why nothing was decided. `superseded`: a newer order leader has spoken. `behind`: the record has trades that this catalog lacks.
 * `foreign`: this catalog serves another order group.
 */
export type Undecided = 'keyReused' | 'notSeeded' | 'behind' | 'superseded' | 'foreign';
