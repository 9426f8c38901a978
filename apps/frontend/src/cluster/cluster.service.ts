import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { addressOf, CATALOG_PATTERNS, type AuditPage, type Member } from '@stock-bazaar/contracts';
import { STATUS_PATTERN, type GroupClient, type ReplicaStatus } from '@stock-bazaar/replication';
import { FrontendConfig } from '../frontend.config.js';
import { CatalogGroup } from './catalog-group.js';
import { OrderGroup } from './order-group.js';

/** Health answers within a second, whoever is frozen. */
const STATUS_TIMEOUT_MS = 500;

export type GroupName = 'order' | 'catalog';

/** What one member said about itself, or why it said nothing. */
export interface MemberReport {
  readonly group: GroupName;
  readonly member: Member;
  readonly status?: ReplicaStatus;
  readonly problem?: string;
}

export interface GroupReport {
  readonly group: GroupName;
  readonly members: readonly MemberReport[];
  /** The member that leads and serves: it has a quorum. */
  readonly leader?: MemberReport & { readonly status: ReplicaStatus };
}

/** Asks every member of a group itself, so it works without a leader. */
@Injectable()
export class ClusterService {
  private readonly underWay = new Map<GroupName, Promise<GroupReport>>();

  constructor(
    private readonly orders: OrderGroup,
    private readonly catalog: CatalogGroup,
    private readonly config: FrontendConfig,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /** Never throws, and takes a bounded time. Concurrent callers share one round of questions. */
  report(group: GroupName): Promise<GroupReport> {
    const current = this.underWay.get(group);
    if (current) return current;
    const round = this.askAll(group).finally(() => this.underWay.delete(group));
    this.underWay.set(group, round);
    return round;
  }

  /**
   * Trades that the catalog's leader has executed and does not know to be on record. Below zero: so many are on record
   * that it has forgotten. Null when it does not say.
   */
  async unrecordedTrades({ leader }: GroupReport): Promise<number | null> {
    if (!leader) return null;
    const asked = { limit: 1, requestId: 'cluster', timeoutMs: STATUS_TIMEOUT_MS };
    const { client } = this.catalog;
    const result = await client.ask<AuditPage>(leader.member.id, CATALOG_PATTERNS.audit, asked, STATUS_TIMEOUT_MS);
    return 'answer' in result ? result.answer.lastNumber - result.answer.recordedUpTo : null;
  }

  /** Where this gateway listens. */
  get ownAddress(): string {
    const address = (this.adapterHost.httpAdapter.getHttpServer() as { address(): unknown }).address();
    const { address: host, port } = address as { address: string; port: number };
    return addressOf({ host, port });
  }

  private async askAll(group: GroupName): Promise<GroupReport> {
    const isOrder = group === 'order';
    const client = isOrder ? this.orders.client : this.catalog.client;
    const list = isOrder ? this.config.orderReplicas : this.config.catalogReplicas;
    const members = await Promise.all(list.map((member) => ask(client, group, member)));
    const leader = members.filter(leads).sort((a, b) => b.status.term - a.status.term)[0];
    return { group, members, ...(leader && { leader }) };
  }
}

async function ask(client: GroupClient, group: GroupName, member: Member): Promise<MemberReport> {
  const result = await client.ask<ReplicaStatus>(member.id, STATUS_PATTERN, {}, STATUS_TIMEOUT_MS);
  return 'answer' in result ? { group, member, status: result.answer } : { group, member, problem: result.why };
}

function leads(report: MemberReport): report is MemberReport & { readonly status: ReplicaStatus } {
  return report.status?.role === 'leader' && report.status.ready;
}

/** What each member is doing, for people: `order-1 follower, order-2 refuses connections (ECONNREFUSED)`. */
export function describeMembers({ members }: GroupReport): string {
  return members
    .map(({ group, member, status, problem }) => {
      const state = status
        ? `is ${status.role}${status.ready ? '' : `, not ready: ${status.notReadyBecause}`}`
        : problem;
      return `${group}-${member.id} ${state}`;
    })
    .join('; ');
}
