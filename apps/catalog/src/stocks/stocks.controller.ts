import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { CATALOG_PATTERNS, ListStocksCall, LookupCall, type LookupAnswer, type StockPage } from '#contracts';
import { StocksService } from './stocks.service.js';

@Controller()
export class StocksController {
  constructor(private readonly stocks: StocksService) {}

  @MessagePattern(CATALOG_PATTERNS.lookup)
  lookup(@Payload() call: LookupCall): Promise<LookupAnswer> {
    return this.stocks.lookup(call);
  }

  @MessagePattern(CATALOG_PATTERNS.list)
  list(@Payload() call: ListStocksCall): Promise<StockPage> {
    return this.stocks.list(call);
  }
}
