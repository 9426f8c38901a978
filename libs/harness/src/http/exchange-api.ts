import type { TradeType } from '#contracts';
import { isRecord, NetworkFailure, type HttpAnswer, type HttpClient, type JsonRecord } from './http-client.js';

const PAGE_LENGTH = 500;

/** A trade that a client requests. */
export interface TradeWish {
  readonly name: string;
  readonly type: TradeType;
  readonly quantity: number;
}

/** One stock as `GET /stocks` shows it. */
export interface ListedStock {
  readonly name: string;
  readonly quantity: number;
  readonly volume: number;
  readonly maxTradingVolume: number;
}

/** One trade as `GET /trades` shows it. */
export interface ListedTrade extends TradeWish {
  readonly number: number;
  readonly key: string;
}

/** A client of the gateway's HTTP contract. */
export class ExchangeApi {
  constructor(readonly http: HttpClient) {}

  lookup(name: string): Promise<HttpAnswer> {
    return this.http.send({ method: 'GET', path: `/stocks/${encodeURIComponent(name)}` });
  }

  trade(wish: TradeWish, key: string): Promise<HttpAnswer> {
    return this.http.send({
      method: 'POST',
      path: '/orders',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ name: wish.name, type: wish.type, quantity: wish.quantity }),
    });
  }

  order(number: number | string): Promise<HttpAnswer> {
    return this.http.send({ method: 'GET', path: `/orders/${encodeURIComponent(number)}` });
  }

  async stocks(): Promise<readonly ListedStock[]> {
    const stocks: ListedStock[] = [];
    for await (const row of this.pages('/stocks', undefined)) {
      stocks.push({
        name: String(row['name']),
        quantity: Number(row['quantity']),
        volume: Number(row['volume']),
        maxTradingVolume: Number(row['maxTradingVolume']),
      });
    }
    return stocks;
  }

  /** Yields every trade with a number above `after`, in the gateway's order. */
  async *tradesAfter(after: number): AsyncGenerator<ListedTrade> {
    for await (const row of this.pages('/trades', after)) {
      yield {
        number: Number(row['number']),
        key: String(row['key']),
        name: String(row['name']),
        type: row['type'] === 'sell' ? 'sell' : 'buy',
        quantity: Number(row['quantity']),
      };
    }
  }

  /** Returns the number of the last trade. Numbers have no gaps, so a binary search finds it. */
  async lastNumber(): Promise<number> {
    let exists = 0;
    let missing = 1;
    while (await this.isTrade(missing)) [exists, missing] = [missing, missing * 2];
    while (missing - exists > 1) {
      const middle = Math.floor((exists + missing) / 2);
      if (await this.isTrade(middle)) exists = middle;
      else missing = middle;
    }
    return exists;
  }

  private async isTrade(number: number): Promise<boolean> {
    const answer = await this.order(number);
    if (answer.status !== 200 && answer.status !== 404) throw unexpected(`/orders/${number}`, answer);
    return answer.status === 200;
  }

  private async *pages(path: string, start: number | undefined): AsyncGenerator<JsonRecord> {
    let after: string | number | undefined = start;
    do {
      const position = after === undefined ? '' : `&after=${encodeURIComponent(after)}`;
      const page = await this.http.send({ method: 'GET', path: `${path}?limit=${PAGE_LENGTH}${position}` });
      const { data, next } = isRecord(page.json) ? page.json : {};
      if (page.status !== 200 || !Array.isArray(data)) throw unexpected(path, page);
      yield* data.filter(isRecord);
      after = typeof next === 'string' || typeof next === 'number' ? next : undefined;
    } while (after !== undefined);
  }
}

function unexpected(path: string, answer: HttpAnswer): NetworkFailure {
  return new NetworkFailure(`${path} answered ${answer.status} ${answer.text.slice(0, 200)}`, true);
}
