import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import {
  AddFirstStocksCall,
  GetOrderByKeyCall,
  GetOrderCall,
  ListOrdersCall,
  ORDER_PATTERNS,
  PlaceOrderCall,
  type FirstStocksAdded,
  type Order,
  type OrderPage,
} from '#contracts';
import { callsOf, parseCall, toWire } from '#service-kit';
import { answerEach, type CallResult } from '#replication';
import type { Observable } from 'rxjs';
import { OrdersService } from './orders.service.js';

@Controller()
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @MessagePattern(ORDER_PATTERNS.place)
  place(@Payload() batch: unknown): Observable<readonly CallResult[]> {
    return answerEach(callsOf(batch), async (call) => this.orders.place(parseCall(PlaceOrderCall, call)), toWire);
  }

  @MessagePattern(ORDER_PATTERNS.get)
  get(@Payload() call: GetOrderCall): Promise<Order> {
    return this.orders.get(call);
  }

  @MessagePattern(ORDER_PATTERNS.getByKey)
  getByKey(@Payload() call: GetOrderByKeyCall): Promise<Order> {
    return this.orders.getByKey(call);
  }

  @MessagePattern(ORDER_PATTERNS.list)
  list(@Payload() call: ListOrdersCall): Promise<OrderPage> {
    return this.orders.list(call);
  }

  @MessagePattern(ORDER_PATTERNS.addFirstStocks)
  addFirstStocks(@Payload() call: AddFirstStocksCall): Promise<FirstStocksAdded> {
    return this.orders.addFirstStocks(call);
  }
}
