import { HEARTBEATS_PER_ELECTION, MAX_LEARNERS, placeOf, VOTER_COUNTS, VOTER_COUNTS_TEXT } from '#replication';
import { IsArray, IsBoolean, IsIn, IsInt, IsIP, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { tcpClientOptions } from '../tcp/tcp.js';
import type { ChecksRelations } from './load-config.js';
import { addressOf, firstRepeat, parseMembers, type Member } from './members.js';
import { ToBoolean, ToInt, ToMembers } from './setting.decorators.js';

/** Offset of the catalogs' ids: catalog 1 is member 1001, because no two members of the exchange group may share an id. */
const CATALOG_IDS_FROM = 1000;

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;

/** The settings that every app has. */
export class ProcessConfig implements ChecksRelations {
  @ToMembers()
  @IsArray()
  orderReplicas: readonly Member[] = parseMembers('1=127.0.0.1:7101,2=127.0.0.1:7102,3=127.0.0.1:7103');

  @ToMembers()
  @IsArray()
  catalogReplicas: readonly Member[] = parseMembers('1=127.0.0.1:7001');

  /** Timeout of each TCP call, in milliseconds. */
  @ToInt()
  @IsInt()
  @Min(10)
  @Max(600_000)
  rpcTimeoutMs = 1000;

  @IsIn(LOG_LEVELS)
  logLevel: (typeof LOG_LEVELS)[number] = 'info';

  @IsIn(['pretty', 'json'])
  logFormat: 'pretty' | 'json' = process.stdout.isTTY ? 'pretty' : 'json';

  /** A secret shared by all processes of a system. Each message must carry it. */
  @IsOptional()
  @IsString()
  @Length(16, 256)
  clusterToken?: string;

  /** The order replicas vote; the catalogs are learners. */
  exchangeGroup(): ExchangeGroup {
    return {
      group: 'exchange',
      voters: this.orderReplicas.map((member) => ({ ...member, name: `order-${member.id}` })),
      learners: this.catalogReplicas.map((member) => ({
        ...member,
        id: learnerIdOf(member.id),
        name: `catalog-${member.id}`,
      })),
      tcp: tcpClientOptions(this.clusterToken),
    };
  }

  relationProblems(): readonly string[] {
    const shared = firstRepeat([...this.orderReplicas, ...this.catalogReplicas], placeOf);
    const tooHigh = this.orderReplicas.find(({ id }) => id > CATALOG_IDS_FROM);
    return [
      ...(shared
        ? [
            `ORDER_REPLICAS and CATALOG_REPLICAS both name address ${addressOf(shared)}; each member needs one of its own`,
          ]
        : []),
      ...(tooHigh ? [`ORDER_REPLICAS names id ${tooHigh.id}; ids up to ${CATALOG_IDS_FROM} are possible`] : []),
    ];
  }
}

/** An order replica or a catalog, with the id that it has in the exchange group. */
export type NamedMember = Member & { readonly name: string };

/** The exchange group, as options of the replication library. */
export interface ExchangeGroup {
  readonly group: 'exchange';
  readonly voters: readonly NamedMember[];
  readonly learners: readonly NamedMember[];
  readonly tcp: ReturnType<typeof tcpClientOptions>;
}

/** One member of the exchange group. */
export interface ExchangeMember extends ExchangeGroup {
  readonly id: number;
  readonly role: 'voter' | 'learner';
  readonly dataDir: string;
  readonly heartbeatIntervalMs: number;
  readonly electionTimeoutMs: number;
  readonly preferHighestId: boolean;
}

/** The settings of an app that is a member of the exchange group, and therefore listens on TCP. */
export abstract class MemberConfig extends ProcessConfig {
  /** Order replicas vote; catalogs are learners. */
  abstract readonly app: 'order' | 'catalog';

  @ToInt()
  @IsInt()
  @Min(1)
  replicaId!: number;

  @IsIP()
  bindHost = '127.0.0.1';

  @IsOptional()
  @IsString()
  dataDir?: string;

  @ToInt()
  @IsInt()
  @Min(5)
  @Max(60_000)
  heartbeatIntervalMs = 50;

  @ToInt()
  @IsInt()
  @Min(1)
  @Max(600_000)
  electionTimeoutMs = 500;

  @ToBoolean()
  @IsBoolean()
  preferHighestId = true;

  /** The name of this process in logs: `order-1`, `catalog-2`. */
  get processName(): string {
    return `${this.app}-${this.replicaId}`;
  }

  /** The members that run the same app, including this process. */
  get siblings(): readonly Member[] {
    return this.app === 'order' ? this.orderReplicas : this.catalogReplicas;
  }

  replicationOptions(): ExchangeMember {
    const isCatalog = this.app === 'catalog';
    return {
      ...this.exchangeGroup(),
      id: isCatalog ? learnerIdOf(this.replicaId) : this.replicaId,
      role: isCatalog ? 'learner' : 'voter',
      dataDir: this.dataDir ?? `data/${this.processName}`,
      heartbeatIntervalMs: this.heartbeatIntervalMs,
      electionTimeoutMs: this.electionTimeoutMs,
      preferHighestId: this.preferHighestId,
    };
  }

  override relationProblems(): readonly string[] {
    const problems = [...super.relationProblems()];
    if (!this.siblings.some((member) => member.id === this.replicaId)) {
      const list = this.app === 'order' ? 'ORDER_REPLICAS' : 'CATALOG_REPLICAS';
      problems.push(
        `REPLICA_ID ${this.replicaId} is not a member; ${list} names ${this.siblings.map((member) => member.id).join(', ')}`,
      );
    }
    if (!VOTER_COUNTS.includes(this.orderReplicas.length))
      problems.push(`ORDER_REPLICAS names ${this.orderReplicas.length} members; a group has ${VOTER_COUNTS_TEXT}`);
    if (this.catalogReplicas.length > MAX_LEARNERS)
      problems.push(`CATALOG_REPLICAS names ${this.catalogReplicas.length} catalogs; ${MAX_LEARNERS} are the limit`);
    if (this.electionTimeoutMs < HEARTBEATS_PER_ELECTION * this.heartbeatIntervalMs) {
      problems.push(
        `ELECTION_TIMEOUT_MS ${this.electionTimeoutMs} is too short: ${HEARTBEATS_PER_ELECTION} heartbeats of HEARTBEAT_INTERVAL_MS ${this.heartbeatIntervalMs} must fit in it`,
      );
    }
    if (!isLoopback(this.bindHost) && this.clusterToken === undefined) {
      problems.push(
        `CLUSTER_TOKEN is missing; it is required because BIND_HOST ${this.bindHost} is reachable from other machines`,
      );
    }
    return problems;
  }
}

/** Returns a catalog's id in the exchange group. */
export function learnerIdOf(catalog: number): number {
  return CATALOG_IDS_FROM + catalog;
}

function isLoopback(host: string): boolean {
  return host === '::1' || host.startsWith('127.');
}
