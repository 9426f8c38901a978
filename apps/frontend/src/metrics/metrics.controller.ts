import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Registry } from 'prom-client';
import { ApiFailures } from '../docs/api-failures.js';
import { NoQuery } from '../server/no-query.guard.js';
import { MetricsService } from './metrics.service.js';

const EXAMPLE = 'bazaar_lookups_total{result="hit"} 812\nbazaar_member_lag{process="order-1"} 0\n';

@ApiTags('health')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: MetricsService) {}

  @Get()
  @NoQuery()
  @Header('Content-Type', Registry.PROMETHEUS_CONTENT_TYPE)
  @ApiOperation({
    summary: 'Figures for Prometheus',
    description: 'Of this gateway, and of every member of both groups as this gateway reaches it.',
  })
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string', example: EXAMPLE } })
  @ApiFailures('OVERLOADED')
  scrape(): Promise<string> {
    return this.metrics.scrape();
  }
}
