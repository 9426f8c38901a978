import { MAX_STOCK_QUANTITY, type RefusalReason, type Stock } from '#contracts';
import type { Trade } from './exchange.command.js';

/** Applies the rules of the exchange: returns the stock after the trade, or why the trade is refused. Changes nothing. */
export function decide<T extends Pick<Stock, 'quantity' | 'volume' | 'maxTradingVolume'>>(
  stock: T | undefined,
  { type, quantity }: Pick<Trade, 'type' | 'quantity'>,
): { readonly stock: T } | { readonly refused: RefusalReason } {
  if (!stock) return { refused: 'STOCK_NOT_FOUND' };
  if (stock.maxTradingVolume > 0 && quantity > stock.maxTradingVolume)
    return { refused: 'MAX_TRADING_VOLUME_EXCEEDED' };
  const left = type === 'buy' ? stock.quantity - quantity : stock.quantity + quantity;
  if (left < 0) return { refused: 'NOT_ENOUGH_STOCKS' };
  if (left > MAX_STOCK_QUANTITY) return { refused: 'STOCK_LIMIT_EXCEEDED' };
  return { stock: { ...stock, quantity: left, volume: stock.volume + quantity } };
}
