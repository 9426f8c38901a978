import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import {
  AuditCall,
  CATALOG_PATTERNS,
  ListStocksCall,
  LookupCall,
  RecordedCall,
  RestoreCall,
  TradeCall,
  UnrecordedCall,
  type AuditPage,
  type LookupAnswer,
  type RestoreAnswer,
  type StockPage,
  type TradeOutcome,
  type UnrecordedTrades,
} from '@stock-bazaar/contracts';
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

  @MessagePattern(CATALOG_PATTERNS.trade)
  trade(@Payload() call: TradeCall): Promise<TradeOutcome> {
    return this.stocks.trade(call);
  }

  @MessagePattern(CATALOG_PATTERNS.unrecorded)
  unrecorded(@Payload() call: UnrecordedCall): Promise<UnrecordedTrades> {
    return this.stocks.unrecorded(call);
  }

  @MessagePattern(CATALOG_PATTERNS.recorded)
  recorded(@Payload() call: RecordedCall): Promise<Record<string, never>> {
    return this.stocks.recorded(call);
  }

  @MessagePattern(CATALOG_PATTERNS.audit)
  audit(@Payload() call: AuditCall): Promise<AuditPage> {
    return this.stocks.audit(call);
  }

  @MessagePattern(CATALOG_PATTERNS.restore)
  restore(@Payload() call: RestoreCall): Promise<RestoreAnswer> {
    return this.stocks.restore(call);
  }
}
