import type { Order } from '#contracts';
import { TradeView } from './orders.dto.js';

export const CSV_TYPE = 'text/csv; charset=utf-8; header=present';

const COLUMNS = ['number', 'name', 'type', 'quantity', 'price', 'executedAt', 'key'] as const;

/** Formats pages of trades as CSV (RFC 4180), with the members of `TradeView` as columns. */
export async function* tradesCsv(pages: AsyncIterable<readonly Order[]>): AsyncGenerator<string> {
  yield line(COLUMNS);
  for await (const orders of pages)
    if (orders.length > 0)
      yield orders
        .map((order) => new TradeView(order))
        .map((trade) => line(COLUMNS.map((column) => trade[column])))
        .join('');
}

function line(values: readonly (string | number)[]): string {
  return `${values.map(field).join(',')}\r\n`;
}

function field(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
