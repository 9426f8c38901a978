/** Converts integer cents to the price in JSON, which has at most two decimals: 1599 -> 15.99. */
export function centsToPrice(cents: number): number {
  return cents / 100;
}

/** Converts a price to cents: 15.99 -> 1599. Throws a RangeError unless it is a safe, non-negative amount with at most two decimals. */
export function priceToCents(price: number): number {
  const cents = Math.round(price * 100);
  if (!Number.isSafeInteger(cents) || cents < 0 || Math.abs(price * 100 - cents) > 1e-6 * Math.max(1, cents)) {
    throw new RangeError(`price ${price} is not an amount with at most two decimals`);
  }
  return cents;
}
