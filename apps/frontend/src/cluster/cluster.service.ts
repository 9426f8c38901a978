import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { addressOf, learnerIdOf, type Member } from '#service-kit';
import { STATUS_PATTERN, type ReplicaStatus } from '#replication';
import { FrontendConfig } from '../frontend.config.js';
import { ExchangeGroup } from './exchange-group.js';

/** In milliseconds. Readiness must be answered within a second, even if members are frozen. */
const STATUS_TIMEOUT_MS = 500;

/** The app that a member of the exchange group runs. */
export type MemberApp = 'order' | 'catalog';

/** The status of one member, or why it gave none. */
export interface MemberReport {
  readonly app: MemberApp;
  /** The member as configured. */
  readonly member: Member;
  /** Its id in the exchange group. */
  readonly id: number;
  readonly status?: ReplicaStatus;
  readonly problem?: string;
}

export type LeaderReport = MemberReport & { readonly status: ReplicaStatus };

/** Reports on the members of the exchange group. Asks each member directly, so it works without a leader. */
@Injectable()
export class ClusterService {
  private readonly underWay = new Map<MemberApp, Promise<readonly MemberReport[]>>();

  constructor(
    private readonly exchange: ExchangeGroup,
    private readonly config: FrontendConfig,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /** Reports on all members that run one app. Never rejects, and takes a bounded time. Concurrent callers share one round. */
  report(app: MemberApp): Promise<readonly MemberReport[]> {
    const current = this.underWay.get(app);
    if (current) return current;
    const members = app === 'order' ? this.config.orderReplicas : this.config.catalogReplicas;
    const round = Promise.all(members.map((member) => this.ask(app, member))).finally(() => this.underWay.delete(app));
    this.underWay.set(app, round);
    return round;
  }

  /** The address that this gateway listens on. */
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

/** Returns the order replica that leads with a quorum; undefined when none does. */
export function leaderAmong(orders: readonly MemberReport[]): LeaderReport | undefined {
  return orders.filter(leads).sort((a, b) => b.status.term - a.status.term)[0];
}

function leads(report: MemberReport): report is LeaderReport {
  return report.status?.role === 'leader' && report.status.ready;
}

/** Describes the state of each member: `order-1 is follower; order-2 refuses connections (ECONNREFUSED)`. */
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
