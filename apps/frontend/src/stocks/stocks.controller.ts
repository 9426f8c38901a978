import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiFailures } from '../docs/api-failures.js';
import { FrontendConfig } from '../frontend.config.js';
import { NoQuery } from '../server/no-query.guard.js';
import { Context, RequestContext } from '../server/request-context.js';
import { LookupCounts } from './lookup-counts.js';
import {
  ListedStockView,
  ListStocksQuery,
  StockAnswer,
  StockListAnswer,
  StockParams,
  StockView,
} from './stocks.dto.js';
import { StocksService, type CacheResult } from './stocks.service.js';

@ApiTags('stocks')
@Controller('stocks')
export class StocksController {
  constructor(
    private readonly stocks: StocksService,
    private readonly counts: LookupCounts,
    private readonly config: FrontendConfig,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'List the stocks',
    description:
      'In order of name, always from a catalog. `X-Cache: STALE` says that it could not prove that this is the newest.',
  })
  @ApiOkResponse({
    type: StockListAnswer,
    headers: { 'X-Cache': { required: false, schema: { type: 'string', enum: ['STALE'] } } },
  })
  @ApiFailures('OVERLOADED', 'CATALOG_UNAVAILABLE')
  async list(@Query() query: ListStocksQuery, @Context() context: RequestContext): Promise<StockListAnswer> {
    const { stocks, next, isFresh } = await this.stocks.list(query.after, query.limit, context);
    if (!isFresh) context.setHeader('X-Cache', 'STALE');
    return { data: stocks.map((stock) => new ListedStockView(stock)), next };
  }

  @Get(':name')
  @NoQuery()
  @ApiOperation({ summary: 'Look up a stock', description: '`X-Cache` says where the answer came from.' })
  @ApiOkResponse({
    type: StockAnswer,
    headers: { 'X-Cache': { required: true, schema: { type: 'string', enum: ['HIT', 'MISS', 'BYPASS', 'STALE'] } } },
  })
  @ApiFailures('STOCK_NOT_FOUND', 'OVERLOADED', 'CATALOG_UNAVAILABLE')
  async lookup(@Param() { name }: StockParams, @Context() context: RequestContext): Promise<StockAnswer> {
    // Also the header of failures, which only a catalog can find out.
    let answeredBy: CacheResult = this.config.cacheEnabled ? 'MISS' : 'BYPASS';
    try {
      const { stock, result } = await this.stocks.lookup(name, context);
      answeredBy = result;
      return { data: new StockView(stock) };
    } finally {
      this.counts.count(answeredBy);
      context.setHeader('X-Cache', answeredBy);
    }
  }
}
