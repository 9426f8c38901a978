import { randomUUID } from 'node:crypto';
import type { TradeWish } from '#harness';

/** Something that answers HTTP on this machine, and what it is asked. */
export interface Target {
  readonly name: string;
  readonly port: number;
  /** The bytes of a request. `turn` counts them. */
  readonly next: (turn: number) => string;
}

export function get(path: string): string {
  return `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`;
}

/** @param headers each with its line end */
export function post(path: string, body: string, headers = ''): string {
  return (
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n` +
    `${headers}content-length: ${body.length}\r\n\r\n${body}`
  );
}

/** The trade of a turn: each stock is sold and bought in turn, so that none runs out. */
export function wishOf(stocks: readonly string[], turn: number): TradeWish {
  const type = Math.floor(turn / stocks.length) % 2 === 0 ? 'sell' : 'buy';
  return { name: stocks[turn % stocks.length] ?? '', type, quantity: 1 };
}

/** The request for that trade, with a key unless it is null. */
export function trade(stocks: readonly string[], turn: number, key: string | null = randomUUID()): string {
  const headers = key === null ? '' : `idempotency-key: ${key}\r\n`;
  return post('/orders', JSON.stringify(wishOf(stocks, turn)), headers);
}

export function lookup(stocks: readonly string[], turn: number): string {
  return get(`/stocks/${stocks[turn % stocks.length]}`);
}

/** The port of an address such as `http://127.0.0.1:8080`. */
export function portOf(url: string): number {
  return Number(new URL(url).port);
}
