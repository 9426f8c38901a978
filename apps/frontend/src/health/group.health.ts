import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { CATALOG_PATTERNS, ServiceError, type Reason } from '@stock-bazaar/contracts';
import { CatalogGroup } from '../cluster/catalog-group.js';
import { OrderGroup } from '../cluster/order-group.js';
import { ClusterService, describeMembers, type GroupName, type GroupReport } from '../cluster/cluster.service.js';

/** Together with the question who leads, health answers within a second. */
const PROBE_TIMEOUT_MS = 400;

/** A group is up when one of its members leads it with a quorum, and the catalog when it also answers. */
@Injectable()
export class GroupHealth {
  constructor(
    private readonly cluster: ClusterService,
    private readonly catalog: CatalogGroup,
    private readonly orders: OrderGroup,
    private readonly indicators: HealthIndicatorService,
  ) {}

  async check(group: GroupName): Promise<HealthIndicatorResult> {
    const report = await this.cluster.report(group);
    const indicator = this.indicators.check(group);
    const problem = report.leader && (group === 'catalog' ? await this.catalogProblem() : this.orderProblem(report));
    if (problem) return indicator.down({ reason: problem.reason, message: problem.message });
    if (report.leader) return indicator.up({ leader: `${group}-${report.leader.member.id}` });
    return indicator.down({ reason: reasonOf(report), message: `${needOf(report)}: ${describeMembers(report)}` });
  }

  /** Trades are for the order group that this gateway knows, and another one refuses them. */
  private orderProblem({ leader }: GroupReport): ServiceError | undefined {
    const known = this.orders.client.knownGroup;
    if (known === undefined || !leader || leader.status.groupId === known) return undefined;
    const belongs = `the order leader belongs to group ${leader.status.groupId}, and this gateway has traded with group ${known}`;
    return new ServiceError('WRONG_GROUP', `${belongs}; restart the gateway if the group was replaced on purpose`);
  }

  /** A catalog with a leader may still have nothing to answer with: no stocks yet, trades that it has forgotten, or another order group. */
  private async catalogProblem(): Promise<ServiceError | undefined> {
    try {
      const { leader } = await this.cluster.report('order');
      const orderGroup = leader?.status.groupId ?? undefined;
      await this.catalog.read(CATALOG_PATTERNS.list, { limit: 1, orderGroup }, 'readiness', PROBE_TIMEOUT_MS);
      return undefined;
    } catch (error) {
      return asServiceError(error);
    }
  }
}

function asServiceError(error: unknown): ServiceError {
  return error instanceof ServiceError ? error : new ServiceError('CATALOG_UNAVAILABLE', String(error));
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
