import { Injectable } from '@nestjs/common';
import { ORDER_PATTERNS, type Order, type OrderPage, type PlacedOrder } from '#contracts';
import { ExchangeGroup } from '../cluster/exchange-group.js';
import { FrontendConfig } from '../frontend.config.js';
import type { Caller, RequestContext } from '../server/request-context.js';
import type { PlaceOrderBody, TradesQuery } from './orders.dto.js';

/** Orders in one answer of the leader. */
const MAX_PAGE = 1000;

/** Which trades to list. */
export type TradesAsked = { readonly [Member in keyof TradesQuery]: TradesQuery[Member] | undefined } & {
  readonly after: number;
};

@Injectable()
export class OrdersService {
  constructor(
    private readonly exchange: ExchangeGroup,
    private readonly config: FrontendConfig,
  ) {}

  /** Places a trade, at most once per key. Throws the refusal, or an error that says whether it was executed: 503 no, 504 unknown. */
  place(key: string, { name, type, quantity }: PlaceOrderBody, context: RequestContext): Promise<PlacedOrder> {
    return this.exchange.place({ key, name, type, quantity }, context);
  }

  get(number: number, context: RequestContext): Promise<Order> {
    return this.exchange.askLeader<Order>(ORDER_PATTERNS.get, { number }, context);
  }

  getByKey(key: string, context: RequestContext): Promise<Order> {
    return this.exchange.askLeader<Order>(ORDER_PATTERNS.getByKey, { key }, context);
  }

  list({ after, limit = MAX_PAGE, name, type }: TradesAsked, caller: Caller): Promise<OrderPage> {
    const filter = { ...(name !== undefined && { name }), ...(type !== undefined && { type }) };
    return this.exchange.askLeader<OrderPage>(ORDER_PATTERNS.list, { after, limit, ...filter }, caller);
  }

  /**
   * Resolves to pages of the trades that there are now, `limit` of them at most, once the first page has been read. Each page
   * has the deadline of a request.
   */
  async pages(query: TradesAsked, context: RequestContext): Promise<AsyncIterable<readonly Order[]>> {
    const first = await this.list(query, context);
    return this.pagesFrom(first, query, context.id);
  }

  private async *pagesFrom(first: OrderPage, query: TradesAsked, id: string): AsyncGenerator<readonly Order[]> {
    const { name, type } = query;
    let left = query.limit ?? Infinity;
    for (let page = first; ;) {
      yield page.orders;
      left -= page.orders.length;
      if (page.next === null || left === 0) return;
      const asked = { name, type, after: page.next, limit: Math.min(left, MAX_PAGE) };
      page = await this.list(asked, { id, remainingMs: this.config.requestTimeoutMs });
    }
  }
}
