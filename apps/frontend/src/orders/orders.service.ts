import { Injectable } from '@nestjs/common';
import { ORDER_PATTERNS, ServiceError, type Order, type OrderPage, type PlacedOrder } from '@stock-bazaar/contracts';
import { OrderGroup } from '../cluster/order-group.js';
import type { RequestContext } from '../server/request-context.js';
import { StocksService } from '../stocks/stocks.service.js';
import type { PlaceOrderBody, TradesQuery } from './orders.dto.js';

@Injectable()
export class OrdersService {
  constructor(
    private readonly orders: OrderGroup,
    private readonly stocks: StocksService,
  ) {}

  /** Trades, at most once per key. Throws the refusal, or says whether it was executed: 503 no, 504 unknown. */
  async place(key: string, { name, type, quantity }: PlaceOrderBody, context: RequestContext): Promise<PlacedOrder> {
    try {
      const placed = await this.orders.place({ key, name, type, quantity }, context);
      await this.stocks.traded(name);
      return placed;
    } catch (error) {
      // It may have been executed, and so the quantity may have changed.
      if (!(error instanceof ServiceError) || error.executed === 'unknown') await this.stocks.traded(name);
      throw error;
    }
  }

  get(number: number, context: RequestContext): Promise<Order> {
    return this.orders.read<Order>(ORDER_PATTERNS.get, { number }, context);
  }

  getByKey(key: string, context: RequestContext): Promise<Order> {
    return this.orders.read<Order>(ORDER_PATTERNS.getByKey, { key }, context);
  }

  list({ after, limit, name, type }: TradesQuery, context: RequestContext): Promise<OrderPage> {
    const filter = { ...(name !== undefined && { name }), ...(type !== undefined && { type }) };
    return this.orders.read<OrderPage>(ORDER_PATTERNS.list, { after, limit, ...filter }, context);
  }
}
