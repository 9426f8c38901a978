import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ServiceError } from '#contracts';
import { ApiFailures } from '../docs/api-failures.js';
import { NoQuery } from '../server/no-query.guard.js';
import { ClusterAnswer, gatewayView, LeaderAnswer, leaderView, memberView } from './cluster.dto.js';
import { ClusterService, describeMembers, leaderAmong } from './cluster.service.js';

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
    const orders = await this.cluster.report('order');
    const leader = leaderView(leaderAmong(orders));
    if (!leader)
      throw new ServiceError('NO_LEADER', `no order replica leads with a quorum: ${describeMembers(orders)}`);
    return { data: leader };
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
    const [orders, catalogs] = await Promise.all([this.cluster.report('order'), this.cluster.report('catalog')]);
    const leader = leaderAmong(orders);
    const members = [...catalogs, ...orders].map((member) => memberView(member, leader));
    return { data: { leader: leaderView(leader), processes: [gatewayView(this.cluster.ownAddress), ...members] } };
  }
}
