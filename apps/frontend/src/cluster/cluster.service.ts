import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { addressOf, learnerIdOf, type Member } from '#service-kit';
import { STATUS_PATTERN, type ReplicaStatus } from '#replication';
import { FrontendConfig } from '../frontend.config.js';
import { ExchangeGroup } from './exchange-group.js';

/** Health answers within a second, whoever is frozen. */
const STATUS_TIMEOUT_MS = 500;

/** What a member of the exchange group runs. */
export type MemberApp = 'order' | 'catalog';

/** What one member said about itself, or why it said nothing. */
export interface MemberReport {
  readonly app: MemberApp;
  /** As it is configured. */
  readonly member: Member;
  /** In the exchange group. */
  readonly id: number;
  readonly status?: ReplicaStatus;
  readonly problem?: string;
}

export type LeaderReport = MemberReport & { readonly status: ReplicaStatus };

/** Asks each member itself, so it works without a leader. */
@Injectable()
export class ClusterService {
  private readonly underWay = new Map<MemberApp, Promise<readonly MemberReport[]>>();

  constructor(
    private readonly exchange: ExchangeGroup,
    private readonly config: FrontendConfig,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /** All that run one app. Never throws, and takes a bounded time. Concurrent callers share one round of questions. */
  report(app: MemberApp): Promise<readonly MemberReport[]> {
    const current = this.underWay.get(app);
    if (current) return current;
    const members = app === 'order' ? this.config.orderReplicas : this.config.catalogReplicas;
    const round = Promise.all(members.map((member) => this.ask(app, member))).finally(() => this.underWay.delete(app));
    this.underWay.set(app, round);
    return round;
  }

  /** Where this gateway listens. */
  get ownAddress(): string {
    const address = (this.adapterHost.httpAdapter.getHttpServer() as { address(): unknown }).address();
    const { address: host, port } = address as { address: string; port: number };
    return addressOf({ host, port });
  }

  private async ask(app: MemberApp, member: Member): Promise<MemberReport> {
    const id = app === 'order' ? member.id : learnerIdOf(member.id);
    const result = await this.exchange.client.ask<ReplicaStatus>(id, STATUS_PATTERN, {}, STATUS_TIMEOUT_MS);
    const report = { app, member, id };
    return 'answer' in result ? { ...report, status: result.answer } : { ...report, problem: result.why };
  }
}

/** The order replica that leads and serves: it has a quorum. */
export function leaderAmong(orders: readonly MemberReport[]): LeaderReport | undefined {
  return orders.filter(leads).sort((a, b) => b.status.term - a.status.term)[0];
}

function leads(report: MemberReport): report is LeaderReport {
  return report.status?.role === 'leader' && report.status.ready;
}

/** What each member is doing, for people: `order-1 is follower; order-2 refuses connections (ECONNREFUSED)`. */
export function describeMembers(members: readonly MemberReport[]): string {
  return members
    .map(({ app, member, status, problem }) => {
      const state = status
        ? `is ${status.role}${status.ready ? '' : `, not ready: ${status.notReadyBecause}`}`
        : problem;
      return `${app}-${member.id} ${state}`;
    })
    .join('; ');
}
