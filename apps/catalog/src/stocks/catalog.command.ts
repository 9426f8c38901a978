import type { TradeOutcome, TradeType } from '@stock-bazaar/contracts';
import type { FirstStock } from './seed.js';

/** What the catalog's log carries. Times and ids are decided before a command is proposed. */
export type CatalogCommand =
  | { readonly type: 'seed'; readonly stocks: readonly FirstStock[] }
  | {
      readonly type: 'trade';
      readonly key: string;
      readonly name: string;
      readonly side: TradeType;
      readonly quantity: number;
      /** Milliseconds since 1970. */
      readonly executedAt: number;
      /** Every trade up to this number is on record in the order group. */
      readonly recordedUpTo: number;
    }
  | { readonly type: 'recorded'; readonly upTo: number };

/** What applying a command comes to. */
export type CatalogResult =
  | { readonly type: 'done' }
  | { readonly type: 'decided'; readonly outcome: TradeOutcome }
  /** Nothing was decided or remembered. */
  | { readonly type: 'undecided'; readonly because: 'keyReused' | 'notSeeded' | 'behind' };
