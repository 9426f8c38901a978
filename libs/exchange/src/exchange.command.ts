import type { FirstStock, RefusalReason, TradeType } from '#contracts';

/** A requested trade, identified by its key. */
export interface Trade {
  readonly key: string;
  readonly name: string;
  readonly type: TradeType;
  readonly quantity: number;
}

/** A command of the exchange's log. It carries everything that members could not agree on by themselves, such as the time. */
export type ExchangeCommand =
  | ({
      readonly command: 'trade';
      /** Time on the proposer's clock, in milliseconds since 1970. An order is never dated before the preceding one. */
      readonly executedAt: number;
    } & Trade)
  /** Changes nothing if the exchange has stocks already. */
  | { readonly command: 'addFirstStocks'; readonly stocks: readonly FirstStock[] };

/** The outcome of a trade, the same for every repeat of its key. */
export type TradeOutcome =
  | { readonly result: 'executed'; readonly number: number; readonly replayed: boolean }
  | { readonly result: 'refused'; readonly reason: RefusalReason; readonly replayed: boolean };

/** The result of applying a command. `undecided` leaves no record, so the state of the key is unchanged. */
export type ExchangeResult =
  | TradeOutcome
  | { readonly result: 'undecided'; readonly because: 'keyReused' | 'noStocks' }
  | { readonly result: 'firstStocks'; readonly added: boolean };

/** Reports whether a command may change the stock. */
export function touches(command: ExchangeCommand, name: string): boolean {
  return command.command === 'addFirstStocks' || command.name === name;
}
