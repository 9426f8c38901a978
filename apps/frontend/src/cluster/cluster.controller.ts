import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ServiceError } from '#contracts';
import { describeMembers, votersOf } from '#exchange';
import { ApiFailures } from '../docs/api-failures.js';
import { NoQuery } from '../server/no-query.guard.js';
import { ClusterAnswer, clusterView, LeaderAnswer, leaderView } from './cluster.dto.js';
import { ClusterService } from './cluster.service.js';

@ApiTags('cluster')
@Controller()
export class ClusterController {
  constructor(private readonly cluster: ClusterService) {}

  @Get('leader')
  @NoQuery()
  @ApiOperation({ summary: 'Who leads the order replicas' })
  @ApiOkResponse({ type: LeaderAnswer })
  @ApiFailures('OVERLOADED', 'NO_LEADER')
  async leader(): Promise<LeaderAnswer> {
    const report = await this.cluster.report();
    const leader = leaderView(report.leader);
    if (leader) return { data: leader };
    const orders = describeMembers(votersOf(report));
    throw new ServiceError('NO_LEADER', `no order replica leads with a quorum: ${orders}`);
  }

  @Get('cluster')
  @NoQuery()
  @ApiOperation({
    summary: 'What every process is doing',
    description: 'Asks each of them, so it works without a leader.',
  })
  @ApiOkResponse({ type: ClusterAnswer })
  @ApiFailures('OVERLOADED')
  async processes(): Promise<ClusterAnswer> {
    return { data: clusterView(await this.cluster.report(), this.cluster.ownAddress) };
  }
}
