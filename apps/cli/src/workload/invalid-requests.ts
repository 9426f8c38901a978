import { type HttpRequest, type ListedStock } from '#harness';
import { MAX_TRADE_QUANTITY, type Reason } from '#contracts';
import type { KeptTrade } from './ledger.js';

/** A request that has to be refused, and with which reason. */
export interface InvalidKind {
  /** The fault of the request, in words. */
  readonly name: string;
  readonly reason: Reason;
  /** @param key the idempotency key, where the kind does not bring its own */
  readonly request: (key: string) => HttpRequest;
}

const UNKNOWN_STOCK = 'No Such Stock';
const UNKNOWN_ORDER = 999_999_999_999;

/** All kinds that make sense for these stocks. */
export function invalidKinds(stocks: readonly ListedStock[]): readonly InvalidKind[] {
  const name = stocks[0]?.name ?? UNKNOWN_STOCK;
  return [...badReads(), ...badBodies(name), ...badMessages(name), ...brokenRules(stocks)];
}

/** The same key for another trade. Possible once a trade was made. */
export function reusedKey(trade: KeptTrade): InvalidKind {
  const other = { name: trade.name, type: trade.type, quantity: trade.quantity + 1 };
  return { name: 'key of another trade', reason: 'IDEMPOTENCY_KEY_REUSED', request: () => post(trade.key, other) };
}

function badReads(): readonly InvalidKind[] {
  return [
    read('lookup of an unknown stock', 'STOCK_NOT_FOUND', `/stocks/${encodeURIComponent(UNKNOWN_STOCK)}`),
    read('lookup of a malformed name', 'INVALID_REQUEST', '/stocks/a%3Bb'),
    read('unknown order', 'ORDER_NOT_FOUND', `/orders/${UNKNOWN_ORDER}`),
    read('order number is a word', 'INVALID_REQUEST', '/orders/first'),
    read('order number 0', 'INVALID_REQUEST', '/orders/0'),
    read('trades with limit 0', 'INVALID_REQUEST', '/trades?limit=0'),
    read('unknown path', 'ROUTE_NOT_FOUND', '/nothing-here'),
  ];
}

function badBodies(name: string): readonly InvalidKind[] {
  const bad = (what: string, body: unknown): InvalidKind => refused(what, 'INVALID_REQUEST', body);
  return [
    bad('type is neither buy nor sell', { name, type: 'hold', quantity: 1 }),
    bad('quantity 0', { name, type: 'buy', quantity: 0 }),
    bad('negative quantity', { name, type: 'buy', quantity: -5 }),
    bad('half a share', { name, type: 'sell', quantity: 1.5 }),
    bad('quantity is a text', { name, type: 'sell', quantity: '5' }),
    bad('quantity is too large', { name, type: 'sell', quantity: MAX_TRADE_QUANTITY + 1 }),
    bad('no name', { type: 'buy', quantity: 1 }),
    bad('name is a number', { name: 7, type: 'buy', quantity: 1 }),
    bad('unknown member', { name, type: 'buy', quantity: 1, price: 0.01 }),
    bad('body is a list', [name]),
  ];
}

/** Wrong below the level of JSON members. */
function badMessages(name: string): readonly InvalidKind[] {
  const body = JSON.stringify({ name, type: 'buy', quantity: 1 });
  const raw = (what: string, reason: Reason, make: (key: string) => HttpRequest): InvalidKind => ({
    name: what,
    reason,
    request: make,
  });
  return [
    raw('body is no JSON', 'INVALID_REQUEST', (key) => ({ ...post(key, {}), body: body.slice(0, -1) })),
    raw('empty body', 'INVALID_REQUEST', (key) => ({ ...post(key, {}), body: '' })),
    raw('body is no JSON by its type', 'UNSUPPORTED_MEDIA_TYPE', (key) => ({
      ...post(key, {}),
      headers: { 'content-type': 'text/plain', 'idempotency-key': key },
      body,
    })),
    raw('body over 16 KiB', 'BODY_TOO_LARGE', (key) => ({ ...post(key, {}), body: body + ' '.repeat(17_000) })),
    raw('key is too long', 'INVALID_REQUEST', (key) => ({ ...post(key.padEnd(129, 'x'), {}), body })),
  ];
}

/** Well-formed, but the exchange can't do it. Each kind only where a stock shows it without doubt. */
function brokenRules(stocks: readonly ListedStock[]): readonly InvalidKind[] {
  const unlimited = stocks.find((stock) => stock.maxTradingVolume === 0 && stock.quantity < MAX_TRADE_QUANTITY / 2);
  const limited = stocks.find((stock) => stock.maxTradingVolume > 0 && stock.maxTradingVolume < MAX_TRADE_QUANTITY);
  return [
    refused('trade of an unknown stock', 'STOCK_NOT_FOUND', { name: UNKNOWN_STOCK, type: 'buy', quantity: 1 }),
    ...(unlimited
      ? [
          refused('buy of more than there are', 'NOT_ENOUGH_STOCKS', {
            name: unlimited.name,
            type: 'buy',
            quantity: MAX_TRADE_QUANTITY,
          }),
        ]
      : []),
    ...(limited
      ? [
          refused('trade above the stock’s limit', 'MAX_TRADING_VOLUME_EXCEEDED', {
            name: limited.name,
            type: 'sell',
            quantity: limited.maxTradingVolume + 1,
          }),
        ]
      : []),
  ];
}

function read(name: string, reason: Reason, path: string): InvalidKind {
  return { name, reason, request: () => ({ method: 'GET', path }) };
}

function refused(name: string, reason: Reason, body: unknown): InvalidKind {
  return { name, reason, request: (key) => post(key, body) };
}

function post(key: string, body: unknown): HttpRequest {
  return {
    method: 'POST',
    path: '/orders',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  };
}
