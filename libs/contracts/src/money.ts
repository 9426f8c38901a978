/** Integer cents as the number with at most two decimals that JSON shows: 1599 -> 15.99. */
export function centsToPrice(cents: number): number {
  return cents / 100;
}

/** 15.99 -> 1599. Throws a RangeError unless the price has at most two decimals and is a safe, non-negative amount. */
export function priceToCents(price: number): number {
  const cents = Math.round(price * 100);
  if (!Number.isSafeInteger(cents) || cents < 0 || Math.abs(price * 100 - cents) > 1e-6 * Math.max(1, cents)) {
    throw new RangeError(`price ${price} is not an amount with at most two decimals`);
  }
  return cents;
}
