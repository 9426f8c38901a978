import { addressOf, type ExchangeGroup } from '#service-kit';
import { GroupClient, STATUS_PATTERN, type PeerStatus, type ReplicaStatus } from '#replication';
import { exchangeGroupOf, membersOf, type ExchangeAddress } from '../exchange-group.js';
import type { System } from '../find-system.js';

/** What one member answered, or why it did not. */
export interface MemberReport {
  readonly process: string;
  /** In the group. */
  readonly id: number;
  readonly address: string;
  /** True for order replicas; catalogs learn. */
  readonly votes: boolean;
  readonly status: ReplicaStatus | null;
  readonly problem: string | null;
}

/** Everything that `status` shows of the exchange. */
export interface SystemReport {
  /** The order replicas, and then the catalogs. */
  readonly members: readonly MemberReport[];
  /** The order replica that leads with a quorum behind it; null when there is none. */
  readonly leader: MemberReport | null;
}

/** Asks every member of the exchange for its status, each one itself, so that no leader is needed. */
export class SystemMonitor {
  private readonly group: ExchangeGroup;
  private readonly client: GroupClient;

  constructor(system: System) {
    this.group = exchangeGroupOf(system);
    this.client = new GroupClient(this.group);
  }

  async ask(timeoutMs: number): Promise<SystemReport> {
    const members = await Promise.all(membersOf(this.group).map((member) => this.askMember(member, timeoutMs)));
    return { members, leader: leaderOf(members) };
  }

  close(): void {
    this.client.close();
  }

  private async askMember(member: ExchangeAddress, timeoutMs: number): Promise<MemberReport> {
    const result = await this.client.ask<ReplicaStatus>(member.id, STATUS_PATTERN, {}, timeoutMs);
    return {
      process: member.name,
      id: member.id,
      address: addressOf(member),
      votes: this.group.voters.includes(member),
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

/** All but the leader, as the leader sees them. */
export function othersOf(leader: MemberReport | null): readonly PeerStatus[] {
  return leader?.status ? [...leader.status.voters, ...leader.status.learners] : [];
}

export function votersOf({ members }: Pick<SystemReport, 'members'>): readonly MemberReport[] {
  return members.filter(({ votes }) => votes);
}

/** Whether enough order replicas answer to choose a leader. */
export function hasQuorum(report: Pick<SystemReport, 'members'>): boolean {
  const voters = votersOf(report);
  return voters.filter(({ status }) => status !== null).length > voters.length / 2;
}
