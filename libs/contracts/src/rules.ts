/**
 * Case-sensitive, up to 64 letters, digits, spaces, dots, dashes and ampersands. Not `.` or `..`: HTTP clients resolve
 * them as segments of the path, encoded or not, so nobody could ask for such a stock.
 */
export const STOCK_NAME_PATTERN = /^(?!\.{1,2}$)[A-Za-z0-9 .&-]{1,64}$/;

/** An idempotency key: 1 to 128 visible ASCII characters. It is the trade's id in every process. */
export const TRADE_KEY_PATTERN = /^[\x21-\x7e]{1,128}$/;

/** Shares in one trade: 1 to this. */
export const MAX_TRADE_QUANTITY = 1_000_000_000;

/** Shares of one stock that the exchange may hold; keeps sums far from the end of exact integers. */
export const MAX_STOCK_QUANTITY = 1_000_000_000_000_000;

/** Stocks that an exchange may begin with: they are one command of the log. */
export const MAX_FIRST_STOCKS = 5000;

export const TRADE_TYPES = ['buy', 'sell'] as const;
export type TradeType = (typeof TRADE_TYPES)[number];
