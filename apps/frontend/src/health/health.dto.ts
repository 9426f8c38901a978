import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { REASONS, type Reason } from '#contracts';

/** One health check: of the order replicas, or of the catalogs. */
export class CheckView {
  @ApiProperty({ enum: ['up', 'down'] })
  readonly status!: 'up' | 'down';

  @ApiPropertyOptional({ example: 'order-3', description: 'Which order replica leads, when one does.' })
  readonly leader?: string;

  @ApiPropertyOptional({ type: [String], example: ['catalog-1'], description: 'The catalogs that answer.' })
  readonly catalogs?: readonly string[];

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
