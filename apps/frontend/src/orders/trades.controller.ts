import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiFailures } from '../docs/api-failures.js';
import { Context, RequestContext } from '../server/request-context.js';
import { TradesAnswer, TradesQuery, TradeView } from './orders.dto.js';
import { OrdersService } from './orders.service.js';

@ApiTags('orders')
@Controller('trades')
export class TradesController {
  constructor(private readonly orders: OrdersService) {}

  @Get()
  @ApiOperation({ summary: 'List the trades', description: 'In order of number.' })
  @ApiOkResponse({ type: TradesAnswer })
  @ApiFailures('OVERLOADED', 'NO_LEADER', 'NO_QUORUM')
  async list(@Query() query: TradesQuery, @Context() context: RequestContext): Promise<TradesAnswer> {
    const { orders, next } = await this.orders.list(query, context);
    return { data: orders.map((order) => new TradeView(order)), next };
  }
}
