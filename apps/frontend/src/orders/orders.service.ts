import { Injectable } from '@nestjs/common';
import { ORDER_PATTERNS, type Order, type OrderPage, type PlacedOrder } from '#contracts';
import { ExchangeGroup } from '../cluster/exchange-group.js';
import type { RequestContext } from '../server/request-context.js';
import type { PlaceOrderBody, TradesQuery } from './orders.dto.js';

@Injectable()
export class OrdersService {
  constructor(private readonly exchange: ExchangeGroup) {}

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

  list({ after, limit, name, type }: TradesQuery, context: RequestContext): Promise<OrderPage> {
    const filter = { ...(name !== undefined && { name }), ...(type !== undefined && { type }) };
    return this.exchange.askLeader<OrderPage>(ORDER_PATTERNS.list, { after, limit, ...filter }, context);
  }
}
