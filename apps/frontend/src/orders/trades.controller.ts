import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { Controller, Get, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { ApiFailures } from '../docs/api-failures.js';
import { Context, RequestContext } from '../server/request-context.js';
import { TradesAnswer, TradesQuery, TradeView } from './orders.dto.js';
import { OrdersService } from './orders.service.js';
import { CSV_TYPE, tradesCsv } from './trades-csv.js';

const PAGE_LIMIT = 50;
const CSV_EXAMPLE =
  'number,name,type,quantity,price,executedAt,key\r\n1,GameStart,buy,3,15.99,2026-01-01T12:00:00.000Z,my-first\r\n';

/** The part of Express's request that is needed here; its types are a package of their own. */
type ExpressRequest = IncomingMessage & { accepts(types: readonly string[]): string | false };

@ApiTags('orders')
@Controller('trades')
export class TradesController {
  constructor(private readonly orders: OrdersService) {}

  @Get()
  @ApiOperation({
    summary: 'List the trades',
    description:
      'In order of number. `Accept: text/csv` gives all of them as CSV, in one answer, unless there is a `limit`.',
  })
  @ApiExtraModels(TradesAnswer)
  @ApiOkResponse({
    content: {
      'application/json': { schema: { $ref: getSchemaPath(TradesAnswer) } },
      'text/csv': { schema: { type: 'string', example: CSV_EXAMPLE } },
    },
  })
  @ApiFailures('OVERLOADED', 'NO_LEADER', 'NO_QUORUM')
  async list(
    @Query() query: TradesQuery,
    @Context() context: RequestContext,
    @Req() request: ExpressRequest,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<TradesAnswer | StreamableFile> {
    if (request.accepts(['json', 'csv']) === 'csv') return this.csv(query, context, response);
    const { after, limit = PAGE_LIMIT, name, type } = query;
    const { orders, next } = await this.orders.list({ after, limit, name, type }, context);
    return { data: orders.map((order) => new TradeView(order)), next };
  }

  private async csv(query: TradesQuery, context: RequestContext, response: ServerResponse): Promise<StreamableFile> {
    const pages = await this.orders.pages(query, context);
    const text = Readable.from(tradesCsv(pages), { highWaterMark: 1 });
    response.once('close', () => text.destroy());
    // Without the end of the answer the client sees that it is not whole.
    return new StreamableFile(text, { type: CSV_TYPE }).setErrorHandler(() => response.destroy());
  }
}
