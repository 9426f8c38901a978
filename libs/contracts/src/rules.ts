/**
 * A stock's name: up to 64 letters, digits, spaces, dots, dashes and ampersands; case-sensitive. Not `.` or `..`: HTTP clients
 * resolve them as path segments, encoded or not, so nobody could look up such a stock.
 */
export const STOCK_NAME_PATTERN = /^(?!\.{1,2}$)[A-Za-z0-9 .&-]{1,64}$/;

/** An idempotency key: 1 to 128 visible ASCII characters. It is the trade's id in every process. */
export const TRADE_KEY_PATTERN = /^[\x21-\x7e]{1,128}$/;

/** Maximum number of shares in one trade; the minimum is 1. */
export const MAX_TRADE_QUANTITY = 1_000_000_000;

/** Maximum number of shares of one stock in the exchange. Keeps sums far below the largest exact integer. */
export const MAX_STOCK_QUANTITY = 1_000_000_000_000_000;

/** Maximum number of first stocks. They are all added by one command of the log. */
export const MAX_FIRST_STOCKS = 5000;

export const TRADE_TYPES = ['buy', 'sell'] as const;
export type TradeType = (typeof TRADE_TYPES)[number];
