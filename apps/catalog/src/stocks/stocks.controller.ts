import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import {
  AuditCall,
  callsOf,
  CATALOG_PATTERNS,
  ListOwnStocksCall,
  ListStocksCall,
  LookupCall,
  parseCall,
  RecordedCall,
  RestoreCall,
  toWire,
  TradeCall,
  UnrecordedCall,
  type AuditPage,
  type LookupAnswer,
  type OwnStocks,
  type RestoreAnswer,
  type StockPage,
  type UnrecordedTrades,
} from '@stock-bazaar/contracts';
import { answerEach, type CallResult } from '@stock-bazaar/replication';
import type { Observable } from 'rxjs';
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

  @MessagePattern(CATALOG_PATTERNS.listOwn)
  listOwn(@Payload() call: ListOwnStocksCall): OwnStocks {
    return this.stocks.listOwn(call);
  }

  @MessagePattern(CATALOG_PATTERNS.trade)
  trade(@Payload() batch: unknown): Observable<readonly CallResult[]> {
    return answerEach(callsOf(batch), async (call) => this.stocks.trade(parseCall(TradeCall, call)), toWire);
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
