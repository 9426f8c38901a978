import type { OwnStock, Stock } from '#contracts';

/** Returns the members of a stock that gateways see. */
export function shown({ name, priceCents, quantity, volume, maxTradingVolume, version }: OwnStock): Stock {
  return { name, priceCents, quantity, volume, maxTradingVolume, version };
}
