import { addressOf, CATALOG_PATTERNS, tcpClientOptions, type AuditPage, type Member } from '@stock-bazaar/contracts';
import { GroupClient, STATUS_PATTERN, type ReplicaStatus } from '@stock-bazaar/replication';

/** What one member answered, or why it did not. */
export interface MemberReport {
  readonly process: string;
  readonly id: number;
  readonly address: string;
  readonly status: ReplicaStatus | null;
  readonly problem: string | null;
}

export interface GroupReport {
  readonly group: string;
  readonly members: readonly MemberReport[];
  /** The member that leads with a quorum behind it; null when there is none. */
  readonly leader: MemberReport | null;
}

/** Asks every member of a group for its status, each one itself, so that no leader is needed. */
export class GroupMonitor {
  private readonly client: GroupClient;

  constructor(
    private readonly group: string,
    private readonly members: readonly Member[],
    clusterToken: string | undefined,
  ) {
    this.client = new GroupClient({ group, members, tcp: tcpClientOptions(clusterToken) });
  }

  async ask(timeoutMs: number): Promise<GroupReport> {
    const members = await Promise.all(this.members.map((member) => this.askMember(member, timeoutMs)));
    return { group: this.group, members, leader: leaderOf(members) };
  }

  /**
   * Trades that the catalog's leader has executed and does not know to be on record. Below zero: so many are on record
   * that it has forgotten. Null when nobody can tell.
   */
  async unrecordedTrades({ leader }: GroupReport, timeoutMs: number): Promise<number | null> {
    if (leader === null) return null;
    const asked = { limit: 1, requestId: 'status', timeoutMs };
    const result = await this.client.ask<AuditPage>(leader.id, CATALOG_PATTERNS.audit, asked, timeoutMs);
    return 'answer' in result ? result.answer.lastNumber - result.answer.recordedUpTo : null;
  }

  close(): void {
    this.client.close();
  }

  private async askMember(member: Member, timeoutMs: number): Promise<MemberReport> {
    const result = await this.client.ask<ReplicaStatus>(member.id, STATUS_PATTERN, {}, timeoutMs);
    return {
      process: `${this.group}-${member.id}`,
      id: member.id,
      address: addressOf(member),
      status: 'answer' in result ? result.answer : null,
      problem: 'answer' in result ? result.answer.notReadyBecause : result.why,
    };
  }
}

/** A leader that has just been deposed may still call itself one: the latest term counts. */
export function leaderOf(members: readonly MemberReport[]): MemberReport | null {
  const leaders = members.filter(({ status }) => status?.role === 'leader' && status.ready);
  return leaders.sort((a, b) => (b.status?.term ?? 0) - (a.status?.term ?? 0))[0] ?? null;
}

/** Whether enough members answer to choose a leader. */
export function hasQuorum({ members }: Pick<GroupReport, 'members'>): boolean {
  return members.filter(({ status }) => status !== null).length > members.length / 2;
}

/** Everything that `status` shows of the groups. */
export interface SystemReport {
  readonly groups: readonly GroupReport[];
  readonly unrecordedTrades: number | null;
}

export async function askSystem(orders: GroupMonitor, catalog: GroupMonitor, timeoutMs: number): Promise<SystemReport> {
  const [order, books] = await Promise.all([orders.ask(timeoutMs), catalog.ask(timeoutMs)]);
  return { groups: [order, books], unrecordedTrades: await catalog.unrecordedTrades(books, timeoutMs) };
}
