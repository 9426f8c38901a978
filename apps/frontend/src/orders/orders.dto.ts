import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  centsToPrice,
  MAX_TRADE_QUANTITY,
  STOCK_NAME_PATTERN,
  TRADE_KEY_PATTERN,
  TRADE_TYPES,
  type Order,
  type TradeType,
} from '#contracts';
import { IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { COUNT, ORDER_NUMBER, PAGE_LIMIT, PRICE, STOCK_NAME, TRADE_KEY, TRADE_QUANTITY } from '../docs/schemas.js';
import { UrlInt } from '../server/url-int.js';
import { NAME_RULE } from '../stocks/stocks.dto.js';

const QUANTITY_RULE = `quantity must be a whole number from 1 to ${MAX_TRADE_QUANTITY}`;

export const KEY_RULE = '1 to 128 visible ASCII characters';
export const EXAMPLE_KEY = 'try-it-out';

export class PlaceOrderBody {
  @ApiProperty({ ...STOCK_NAME, example: 'GameStart' })
  @Matches(STOCK_NAME_PATTERN, { message: NAME_RULE })
  name!: string;

  @ApiProperty({ enum: TRADE_TYPES, example: 'buy' })
  @IsIn(TRADE_TYPES, { message: 'type must be "buy" or "sell"' })
  type!: TradeType;

  @ApiProperty(TRADE_QUANTITY)
  @IsInt({ message: QUANTITY_RULE })
  @Min(1, { message: QUANTITY_RULE })
  @Max(MAX_TRADE_QUANTITY, { message: QUANTITY_RULE })
  quantity!: number;
}

export class OrderParams {
  @ApiProperty(ORDER_NUMBER)
  @UrlInt(ORDER_NUMBER)
  number!: number;
}

export class OrderByKeyQuery {
  @ApiProperty({
    ...TRADE_KEY,
    example: EXAMPLE_KEY,
    description: 'The Idempotency-Key that the order was placed with.',
  })
  @Matches(TRADE_KEY_PATTERN, { message: `key must be ${KEY_RULE}` })
  key!: string;
}

export class TradesQuery {
  @ApiPropertyOptional({ ...COUNT, default: 0, description: 'Only trades after this number.' })
  @UrlInt(COUNT)
  after = 0;

  @ApiPropertyOptional({ ...PAGE_LIMIT, description: '50 if absent; for CSV, all.' })
  @IsOptional()
  @UrlInt(PAGE_LIMIT)
  limit?: number;

  @ApiPropertyOptional({ ...STOCK_NAME, description: 'Only trades of this stock.' })
  @IsOptional()
  @Matches(STOCK_NAME_PATTERN, { message: NAME_RULE })
  name?: string;

  @ApiPropertyOptional({ enum: TRADE_TYPES })
  @IsOptional()
  @IsIn(TRADE_TYPES, { message: 'type must be "buy" or "sell"' })
  type?: TradeType;
}

export class TransactionView {
  @ApiProperty(ORDER_NUMBER)
  readonly transaction_number!: number;
}

export class PlacedAnswer {
  @ApiProperty()
  readonly data!: TransactionView;
}

/** An order as a query answers it. Clients compare it as a whole, so it has exactly these members. */
export class OrderView {
  @ApiProperty(ORDER_NUMBER)
  readonly number: number;

  @ApiProperty({ ...STOCK_NAME, example: 'GameStart' })
  readonly name: string;

  @ApiProperty({ enum: TRADE_TYPES, example: 'buy' })
  readonly type: TradeType;

  @ApiProperty(TRADE_QUANTITY)
  readonly quantity: number;

  constructor(order: Order) {
    this.number = order.number;
    this.name = order.name;
    this.type = order.type;
    this.quantity = order.quantity;
  }
}

export class OrderAnswer {
  @ApiProperty()
  readonly data!: OrderView;
}

export class TradeView extends OrderView {
  @ApiProperty({ ...PRICE, description: 'Of one share, when the trade was executed.' })
  readonly price: number;

  @ApiProperty({ type: 'string', format: 'date-time', example: '2026-01-01T12:00:00.000Z' })
  readonly executedAt: string;

  @ApiProperty({ ...TRADE_KEY, example: EXAMPLE_KEY, description: 'The idempotency key.' })
  readonly key: string;

  constructor(order: Order) {
    super(order);
    this.price = centsToPrice(order.priceCents);
    this.executedAt = new Date(order.executedAt).toISOString();
    this.key = order.key;
  }
}

export class TradesAnswer {
  @ApiProperty({ type: [TradeView] })
  readonly data!: readonly TradeView[];

  @ApiProperty({
    ...ORDER_NUMBER,
    nullable: true,
    example: null,
    description: 'Pass as `after` for the next page; null on the last. A page may be short although more follow.',
  })
  readonly next!: number | null;
}
