import { Controller, Get, HttpException } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { ApiFailures } from '../docs/api-failures.js';
import { GroupHealth } from './group.health.js';
import { HealthAnswer } from './health.dto.js';
import { NotReady } from './not-ready.js';

const READY_EXAMPLE = {
  data: {
    status: 'ok',
    info: { catalog: { status: 'up', catalogs: ['catalog-1'] }, order: { status: 'up', leader: 'order-3' } },
    error: {},
    details: { catalog: { status: 'up', catalogs: ['catalog-1'] }, order: { status: 'up', leader: 'order-3' } },
  },
};

@ApiTags('health')
@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly groups: GroupHealth,
  ) {}

  @Get('livez')
  @ApiOperation({ summary: 'Whether this process works', description: 'Restart it when it does not.' })
  @ApiOkResponse({ type: HealthAnswer, example: { data: { status: 'ok', info: {}, error: {}, details: {} } } })
  @ApiFailures('SHUTTING_DOWN')
  live(): Promise<{ readonly data: HealthCheckResult }> {
    return this.answer(this.health.check([]));
  }

  @Get('readyz')
  @ApiOperation({
    summary: 'Whether trades can be made',
    description: 'A catalog can be reached, and an order leader with a quorum is known.',
  })
  @ApiOkResponse({ type: HealthAnswer, example: READY_EXAMPLE })
  @ApiFailures('CATALOG_UNAVAILABLE', 'NO_LEADER', 'NO_QUORUM', 'SHUTTING_DOWN')
  ready(): Promise<{ readonly data: HealthCheckResult }> {
    return this.answer(this.health.check([() => this.groups.checkCatalogs(), () => this.groups.checkOrders()]));
  }

  private async answer(check: Promise<HealthCheckResult>): Promise<{ readonly data: HealthCheckResult }> {
    try {
      return { data: await check };
    } catch (error) {
      // Terminus throws the failed result as an HttpException with a body of its own form.
      if (error instanceof HttpException) throw new NotReady(error.getResponse() as HealthCheckResult);
      throw error;
    }
  }
}
