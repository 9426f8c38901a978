import { MAX_STOCK_QUANTITY, MAX_TRADE_QUANTITY, STOCK_NAME_PATTERN, TRADE_KEY_PATTERN } from '#contracts';

/*
 * Schemas of values that occur in more than one body or parameter, with the limits that the code enforces.
 */

/** A whole number that every JSON reader represents exactly. */
export const COUNT = { type: 'integer', format: 'int64', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;

export const ORDER_NUMBER = { ...COUNT, minimum: 1, example: 1 } as const;

export const PAGE_LIMIT = { type: 'integer', format: 'int32', minimum: 1, maximum: 1000 } as const;

/** A price with at most two decimals. Without `multipleOf`: few validators divide binary fractions exactly. */
export const PRICE = {
  type: 'number',
  format: 'double',
  minimum: 0.01,
  maximum: 1_000_000_000,
  example: 15.99,
} as const;

export const STOCK_NAME = {
  type: 'string',
  minLength: 1,
  maxLength: 64,
  pattern: STOCK_NAME_PATTERN.source,
} as const;

export const STOCK_QUANTITY = { ...COUNT, maximum: MAX_STOCK_QUANTITY } as const;

export const TRADE_KEY = {
  type: 'string',
  minLength: 1,
  maxLength: 128,
  pattern: TRADE_KEY_PATTERN.source,
} as const;

export const TRADE_QUANTITY = {
  type: 'integer',
  format: 'int32',
  minimum: 1,
  maximum: MAX_TRADE_QUANTITY,
  example: 1,
} as const;
