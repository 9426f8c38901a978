import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { centsToPrice, STOCK_NAME_PATTERN, type Stock } from '#contracts';
import { IsOptional, Matches } from 'class-validator';
import { COUNT, PAGE_LIMIT, PRICE, STOCK_NAME, STOCK_QUANTITY } from '../docs/schemas.js';
import { UrlInt } from '../server/url-int.js';

export const NAME_RULE = 'name must be 1 to 64 letters, digits, spaces, dots, dashes or ampersands';

export class StockParams {
  @ApiProperty({ ...STOCK_NAME, example: 'GameStart', description: 'Case-sensitive.' })
  @Matches(STOCK_NAME_PATTERN, { message: NAME_RULE })
  name!: string;
}

export class ListStocksQuery {
  @ApiPropertyOptional({
    ...STOCK_NAME,
    description: 'Only names after this one, which is the `next` of the page before.',
  })
  @IsOptional()
  @Matches(STOCK_NAME_PATTERN, { message: NAME_RULE.replace('name', 'after') })
  after?: string;

  @ApiPropertyOptional({ ...PAGE_LIMIT, default: 1000 })
  @UrlInt(PAGE_LIMIT)
  limit = 1000;
}

/** A stock as a lookup answers it. Clients compare it as a whole, so it has exactly these members. */
export class StockView {
  @ApiProperty({ ...STOCK_NAME, example: 'GameStart' })
  readonly name: string;

  @ApiProperty({ ...PRICE, description: 'At most two decimals.' })
  readonly price: number;

  @ApiProperty({ ...STOCK_QUANTITY, example: 1000, description: 'Shares that can be bought now.' })
  readonly quantity: number;

  constructor(stock: Stock) {
    this.name = stock.name;
    this.price = centsToPrice(stock.priceCents);
    this.quantity = stock.quantity;
  }
}

export class ListedStockView extends StockView {
  @ApiProperty({ ...COUNT, example: 0, description: 'Shares traded so far, bought and sold.' })
  readonly volume: number;

  @ApiProperty({ ...COUNT, example: 0, description: 'Largest allowed trade; 0 for no limit.' })
  readonly maxTradingVolume: number;

  @ApiProperty({ ...COUNT, example: 1, description: 'Rises with each change.' })
  readonly version: number;

  constructor(stock: Stock) {
    super(stock);
    this.volume = stock.volume;
    this.maxTradingVolume = stock.maxTradingVolume;
    this.version = stock.version;
  }
}

export class StockAnswer {
  @ApiProperty()
  readonly data!: StockView;
}

export class StockListAnswer {
  @ApiProperty({ type: [ListedStockView] })
  readonly data!: readonly ListedStockView[];

  @ApiProperty({
    ...STOCK_NAME,
    nullable: true,
    example: null,
    description: 'Pass as `after` for the next page; null on the last.',
  })
  readonly next!: string | null;
}
