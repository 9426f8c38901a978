import { Body, Controller, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiFailures } from '../docs/api-failures.js';
import { TRADE_KEY } from '../docs/schemas.js';
import { NoQuery } from '../server/no-query.guard.js';
import { Context, RequestContext } from '../server/request-context.js';
import { IdempotencyKey, IdempotencyKeyGuard } from './idempotency-key.guard.js';
import { JsonBodyGuard } from './json-body.guard.js';
import {
  EXAMPLE_KEY,
  KEY_RULE,
  OrderAnswer,
  OrderByKeyQuery,
  OrderParams,
  OrderView,
  PlacedAnswer,
  PlaceOrderBody,
} from './orders.dto.js';
import { OrdersService } from './orders.service.js';

@ApiTags('orders')
@Controller('orders')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Post()
  @HttpCode(200)
  @NoQuery()
  @UseGuards(JsonBodyGuard, IdempotencyKeyGuard)
  @ApiOperation({
    summary: 'Buy or sell shares',
    description:
      'At most one trade per `Idempotency-Key`, however often it is sent. The example key is shared by everybody who ' +
      'tries this page, so it gives the same order again; leave the field empty for a trade of your own.',
  })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    schema: { ...TRADE_KEY, example: EXAMPLE_KEY },
    description: `${KEY_RULE}; made when absent, returned either way`,
  })
  @ApiOkResponse({
    type: PlacedAnswer,
    headers: {
      Location: {
        description: 'of the order',
        required: true,
        schema: { type: 'string', pattern: '^/orders/[1-9][0-9]*$', example: '/orders/1' },
      },
      'Idempotency-Key': { description: 'the one that was sent, or a new one', required: true, schema: TRADE_KEY },
      'Idempotent-Replayed': {
        description: 'on a repeat, also of a refusal',
        schema: { type: 'string', enum: ['true'] },
      },
    },
  })
  @ApiFailures(
    'STOCK_NOT_FOUND',
    'BODY_TOO_LARGE',
    'UNSUPPORTED_MEDIA_TYPE',
    'NOT_ENOUGH_STOCKS',
    'MAX_TRADING_VOLUME_EXCEEDED',
    'STOCK_LIMIT_EXCEEDED',
    'IDEMPOTENCY_KEY_REUSED',
    'OVERLOADED',
    'NO_LEADER',
    'NO_QUORUM',
    'CATALOG_UNAVAILABLE',
    'OUTCOME_UNKNOWN',
  )
  async place(
    @IdempotencyKey() key: string,
    @Body() body: PlaceOrderBody,
    @Context() context: RequestContext,
  ): Promise<PlacedAnswer> {
    const { number, replayed } = await this.orders.place(key, body, context);
    context.setHeader('Location', `/orders/${number}`);
    if (replayed) context.setHeader('Idempotent-Replayed', 'true');
    return { data: { transaction_number: number } };
  }

  @Get()
  @ApiOperation({
    summary: 'Find the order that an idempotency key made',
    description: 'The example key has an order once *Buy or sell shares* was sent with it.',
  })
  @ApiOkResponse({ type: OrderAnswer })
  @ApiFailures('ORDER_NOT_FOUND', 'OVERLOADED', 'NO_LEADER', 'NO_QUORUM')
  async getByKey(@Query() { key }: OrderByKeyQuery, @Context() context: RequestContext): Promise<OrderAnswer> {
    return { data: new OrderView(await this.orders.getByKey(key, context)) };
  }

  @Get(':number')
  @NoQuery()
  @ApiOperation({ summary: 'Get an order', description: 'Order 1 exists once anything was traded.' })
  @ApiOkResponse({ type: OrderAnswer })
  @ApiFailures('ORDER_NOT_FOUND', 'OVERLOADED', 'NO_LEADER', 'NO_QUORUM')
  async get(@Param() { number }: OrderParams, @Context() context: RequestContext): Promise<OrderAnswer> {
    return { data: new OrderView(await this.orders.get(number, context)) };
  }
}
