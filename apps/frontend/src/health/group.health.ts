import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { CATALOG_PATTERNS, ServiceError } from '#contracts';
import { describeMembers, hasQuorum, learnersOf, votersOf, type ClusterReport, type MemberReport } from '#exchange';
import { majorityOf } from '#replication';
import { ExchangeGroup } from '../cluster/exchange-group.js';
import { ClusterService } from '../cluster/cluster.service.js';

/** In milliseconds. Together with the status of the members, readiness is answered within a second. */
const PROBE_TIMEOUT_MS = 400;

/** Checks what a gateway needs: an order replica that leads with a quorum, and a catalog that answers. */
@Injectable()
export class GroupHealth {
  constructor(
    private readonly cluster: ClusterService,
    private readonly exchange: ExchangeGroup,
    private readonly indicators: HealthIndicatorService,
  ) {}

  async checkOrders(): Promise<HealthIndicatorResult> {
    const report = await this.cluster.report();
    const { leader } = report;
    const indicator = this.indicators.check('order');
    const problem = leader ? this.foreignProblem([leader]) : noLeader(report);
    if (problem) return indicator.down({ reason: problem.reason, message: problem.message });
    return indicator.up({ leader: leader?.process });
  }

  async checkCatalogs(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('catalog');
    const [problem, report] = await Promise.all([this.catalogProblem(), this.cluster.report()]);
    const up = learnersOf(report).filter(({ status }) => status !== null);
    const worst = problem ?? this.foreignProblem(up);
    if (worst) return indicator.down({ reason: worst.reason, message: worst.message });
    return indicator.up({ catalogs: up.map(({ process }) => process) });
  }

  /** Finds a member of a foreign group. This gateway is bound to the group that first answered it; members of others refuse it. */
  private foreignProblem(members: readonly MemberReport[]): ServiceError | undefined {
    const known = this.exchange.client.knownGroup;
    const foreign = members.find(({ status }) => known !== undefined && (status?.groupId ?? known) !== known);
    if (!foreign) return undefined;
    const belongs = `${foreign.process} belongs to group ${foreign.status?.groupId}, and this gateway has traded with group ${known}`;
    return new ServiceError('WRONG_GROUP', `${belongs}; restart the gateway if the group was replaced on purpose`);
  }

  /** Probes the catalogs with a real list: one that is up may still have no stocks. */
  private async catalogProblem(): Promise<ServiceError | undefined> {
    try {
      const caller = { id: 'readiness', remainingMs: PROBE_TIMEOUT_MS };
      await this.exchange.askCatalog(CATALOG_PATTERNS.list, { limit: 1 }, caller);
      return undefined;
    } catch (error) {
      return error instanceof ServiceError ? error : new ServiceError('CATALOG_UNAVAILABLE', String(error));
    }
  }
}

function noLeader(report: ClusterReport): ServiceError {
  const orders = votersOf(report);
  return new ServiceError(
    hasQuorum(report) ? 'NO_LEADER' : 'NO_QUORUM',
    `no order replica leads, which takes ${majorityOf(orders.length)} of ${orders.length}: ${describeMembers(orders)}`,
  );
}
