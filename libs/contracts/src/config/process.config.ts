import { IsArray, IsBoolean, IsIn, IsInt, IsIP, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { tcpClientOptions } from '../process/tcp.js';
import type { ChecksRelations } from './load-config.js';
import { addressOf, firstRepeat, parseMembers, placeOf, type Member } from './members.js';
import { ToBoolean, ToInt, ToMembers } from './setting.decorators.js';

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;

/** The settings that every app has. */
export class ProcessConfig implements ChecksRelations {
  @ToMembers()
  @IsArray()
  orderReplicas: readonly Member[] = parseMembers('1=127.0.0.1:7101,2=127.0.0.1:7102,3=127.0.0.1:7103');

  @ToMembers()
  @IsArray()
  catalogReplicas: readonly Member[] = parseMembers('1=127.0.0.1:7001');

  /** One deadline for each TCP call. */
  @ToInt()
  @IsInt()
  @Min(10)
  @Max(600_000)
  rpcTimeoutMs = 1000;

  @IsIn(LOG_LEVELS)
  logLevel: (typeof LOG_LEVELS)[number] = 'info';

  @IsIn(['pretty', 'json'])
  logFormat: 'pretty' | 'json' = process.stdout.isTTY ? 'pretty' : 'json';

  /** Shared by all processes of one system; each message must carry it. */
  @IsOptional()
  @IsString()
  @Length(16, 256)
  clusterToken?: string;

  relationProblems(): readonly string[] {
    const shared = firstRepeat([...this.orderReplicas, ...this.catalogReplicas], placeOf);
    return shared
      ? [`ORDER_REPLICAS and CATALOG_REPLICAS both name address ${addressOf(shared)}; each member needs one of its own`]
      : [];
  }
}

export interface MemberReplicationOptions {
  readonly group: string;
  readonly id: number;
  readonly dataDir: string;
  readonly heartbeatIntervalMs: number;
  readonly electionTimeoutMs: number;
  readonly preferHighestId: boolean;
  readonly tcp: ReturnType<typeof tcpClientOptions>;
}

/** The settings of an app that is a member of a replicated group and so listens on TCP. */
export class MemberConfig extends ProcessConfig {
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

  /** What the replication library needs to know from the configuration, in its own words. */
  replicationOptions(group: string): MemberReplicationOptions {
    return {
      group,
      id: this.replicaId,
      dataDir: this.dataDir ?? `data/${group}-${this.replicaId}`,
      heartbeatIntervalMs: this.heartbeatIntervalMs,
      electionTimeoutMs: this.electionTimeoutMs,
      preferHighestId: this.preferHighestId,
      tcp: tcpClientOptions(this.clusterToken),
    };
  }

  /** The group whose member this process is: the list of the app's own group. */
  protected memberProblems(listName: string, members: readonly Member[]): readonly string[] {
    const problems = [...super.relationProblems()];
    if (!members.some((member) => member.id === this.replicaId)) {
      problems.push(
        `REPLICA_ID ${this.replicaId} is not a member; ${listName} names ${members.map((member) => member.id).join(', ')}`,
      );
    }
    if (![1, 3, 5].includes(members.length)) {
      problems.push(`${listName} names ${members.length} members; a group has 1, 3 or 5`);
    }
    if (this.electionTimeoutMs < 5 * this.heartbeatIntervalMs) {
      problems.push(
        `ELECTION_TIMEOUT_MS ${this.electionTimeoutMs} is too short: 5 heartbeats of HEARTBEAT_INTERVAL_MS ${this.heartbeatIntervalMs} must fit in it`,
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

function isLoopback(host: string): boolean {
  return host === '::1' || host.startsWith('127.');
}
