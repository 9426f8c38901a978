import type { FirstStock, RefusalReason, TradeType } from '#contracts';

/** A trade that somebody asks for, under the key that names it. */
export interface Trade {
  readonly key: string;
  readonly name: string;
  readonly type: TradeType;
  readonly quantity: number;
}

/** A command of the exchange's log. Everything that differs from member to member, such as the time, is in the command. */
export type ExchangeCommand =
  | ({
      readonly command: 'trade';
      /** The proposer's clock, in milliseconds since 1970. An order is never dated before the one with the number before. */
      readonly executedAt: number;
    } & Trade)
  /** Changes nothing in an exchange that has stocks. */
  | { readonly command: 'addFirstStocks'; readonly stocks: readonly FirstStock[] };

/** The outcome of a trade, the same for every repeat of its key. */
export type TradeOutcome =
  | { readonly result: 'executed'; readonly number: number; readonly replayed: boolean }
  | { readonly result: 'refused'; readonly reason: RefusalReason; readonly replayed: boolean };

/** Applying a command comes to this. After `undecided` nothing is remembered: the key is still what it was. */
export type ExchangeResult =
  | TradeOutcome
  | { readonly result: 'undecided'; readonly because: 'keyReused' | 'noStocks' }
  | { readonly result: 'firstStocks'; readonly added: boolean };

/** Whether a command may change a stock. */
export function touches(command: ExchangeCommand, name: string): boolean {
  return command.command === 'addFirstStocks' || command.name === name;
}
