import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import {
  EXCHANGE_PATTERNS,
  OwnDigestCall,
  OwnOrdersCall,
  OwnStocksCall,
  type OwnDigest,
  type OwnOrders,
  type OwnStocks,
} from '#contracts';
import { Exchange } from './exchange.js';

/** Serves the state that this member has applied, whether or not it leads or has caught up. For comparing members. */
@Controller()
export class OwnStateController {
  constructor(private readonly exchange: Exchange) {}

  @MessagePattern(EXCHANGE_PATTERNS.ownOrders)
  ownOrders(@Payload() { after, limit }: OwnOrdersCall): OwnOrders {
    const { orders } = this.exchange.listOrders(after, limit);
    return { orders, lastNumber: this.exchange.lastNumber };
  }

  @MessagePattern(EXCHANGE_PATTERNS.ownStocks)
  ownStocks(@Payload() { after, limit }: OwnStocksCall): OwnStocks {
    return { ...this.exchange.listStocks(after, limit), lastNumber: this.exchange.lastNumber };
  }

  @MessagePattern(EXCHANGE_PATTERNS.ownDigest)
  ownDigest(@Payload() { after, limit }: OwnDigestCall): OwnDigest {
    const { lastNumber } = this.exchange;
    const upTo = Math.max(after, Math.min(after + limit, lastNumber));
    return { digest: this.exchange.digestOfOrders(after, limit), upTo, lastNumber };
  }
}
