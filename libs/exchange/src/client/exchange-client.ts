import { addressOf, type ExchangeGroup, type NamedMember } from '#service-kit';
import { GroupClient, STATUS_PATTERN, type GroupClientOptions, type ReplicaStatus } from '#replication';
import { leaderOf, type ClusterReport, type MemberReport } from './cluster-report.js';

/** A client of the exchange group that also reports on its members. It asks each member directly, so it needs no leader. */
export class ExchangeClient extends GroupClient {
  /** The order replicas, then the catalogs. */
  readonly everyMember: readonly NamedMember[];

  constructor(
    private readonly exchange: ExchangeGroup,
    options: Pick<GroupClientOptions, 'rpcTimeoutMs'> = {},
  ) {
    super({ ...exchange, ...options });
    this.everyMember = [...exchange.voters, ...exchange.learners];
  }

  /**
   * Asks all members at once. Never rejects.
   * @param timeoutMs maximum time to wait for answers, in milliseconds
   */
  async report(timeoutMs: number): Promise<ClusterReport> {
    const members = await Promise.all(this.everyMember.map((member) => this.reportOn(member, timeoutMs)));
    return { members, leader: leaderOf(members) };
  }

  private async reportOn(member: NamedMember, timeoutMs: number): Promise<MemberReport> {
    const result = await this.ask<ReplicaStatus>(member.id, STATUS_PATTERN, {}, timeoutMs);
    return {
      process: member.name,
      id: member.id,
      address: addressOf(member),
      votes: this.exchange.voters.includes(member),
      status: 'answer' in result ? result.answer : null,
      problem: 'answer' in result ? result.answer.notReadyBecause : result.why,
    };
  }
}
