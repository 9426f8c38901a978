import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { REASONS, type Reason } from '@stock-bazaar/contracts';

/** One health check: of an order or catalog group. */
export class CheckView {
  @ApiProperty({ enum: ['up', 'down'] })
  readonly status!: 'up' | 'down';

  @ApiPropertyOptional({ example: 'order-3', description: 'Who leads the group, when it is up.' })
  readonly leader?: string;

  @ApiPropertyOptional({ enum: Object.keys(REASONS), description: 'Why it is down.' })
  readonly reason?: Reason;

  @ApiPropertyOptional({ description: 'Why it is down, for people.' })
  readonly message?: string;
}

const CHECKS = { type: 'object', additionalProperties: { $ref: getSchemaPath(CheckView) } } as const;

@ApiExtraModels(CheckView)
export class HealthView {
  @ApiProperty({ enum: ['ok'] })
  readonly status!: 'ok';

  @ApiProperty({ ...CHECKS, description: 'The checks that are up, by name.' })
  readonly info!: Readonly<Record<string, CheckView>>;

  @ApiProperty({ ...CHECKS, description: 'Those that are down: none.' })
  readonly error!: Readonly<Record<string, CheckView>>;

  @ApiProperty({ ...CHECKS, description: 'All of them.' })
  readonly details!: Readonly<Record<string, CheckView>>;
}

export class HealthAnswer {
  @ApiProperty()
  readonly data!: HealthView;
}
