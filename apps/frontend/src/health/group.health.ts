import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import type { Reason } from '@stock-bazaar/contracts';
import { ClusterService, describeMembers, type GroupName, type GroupReport } from '../cluster/cluster.service.js';

/** A group is up when one of its members leads it with a quorum. */
@Injectable()
export class GroupHealth {
  constructor(
    private readonly cluster: ClusterService,
    private readonly indicators: HealthIndicatorService,
  ) {}

  async check(group: GroupName): Promise<HealthIndicatorResult> {
    const report = await this.cluster.report(group);
    const indicator = this.indicators.check(group);
    if (report.leader) return indicator.up({ leader: `${group}-${report.leader.member.id}` });
    return indicator.down({ reason: reasonOf(report), message: `${needOf(report)}: ${describeMembers(report)}` });
  }
}

function majorityOf({ members }: GroupReport): number {
  return Math.floor(members.length / 2) + 1;
}

function reasonOf(report: GroupReport): Reason {
  if (report.group === 'catalog') return 'CATALOG_UNAVAILABLE';
  const up = report.members.filter((member) => member.status !== undefined).length;
  return up < majorityOf(report) ? 'NO_QUORUM' : 'NO_LEADER';
}

function needOf(report: GroupReport): string {
  return `the ${report.group} group has no leader, which takes ${majorityOf(report)} of ${report.members.length} members`;
}
