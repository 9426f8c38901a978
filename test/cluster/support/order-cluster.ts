import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AppName, freePorts, mainOf, type ProcessEnd, Processes } from '#harness';
import { learnerIdOf } from '#service-kit';
import type { ReplicaStatus } from '../../../libs/replication/src/replica-status.js';
import { ask } from '../../system/support/traffic.js';
import { waitFor } from '../../system/support/wait-for.js';
import { askStatus } from './ask-replica.js';
import type { ClusterOptions, Settings } from './cluster-options.js';
import { Wires } from './wires.js';

const HOST = '127.0.0.1';
/** Beyond the 5 s in which a process stops by itself. */
const STOP_LIMIT_MS = 10_000;
const START_LIMIT_MS = 60_000; // a dozen processes may start at once on a busy machine

/** Three order replicas, a catalog and a gateway, each a process of its own on free ports and temporary data. */
export class OrderCluster {
  static readonly ids = [1, 2, 3] as const;
  readonly directory = mkdtempSync(join(tmpdir(), 'bazaar-cluster-'));
  readonly urls: readonly string[];
  readonly wires = new Wires();
  private readonly processes: Processes;

  private constructor(
    private readonly ports: Readonly<Record<string, number>>,
    private readonly options: ClusterOptions,
  ) {
    this.urls = this.members('frontend').map((name) => `http://${HOST}:${this.port(name)}`);
    this.processes = new Processes(this.directory);
  }

  /** A cluster of which nothing runs yet: to lay data down first. */
  static async prepare(options: ClusterOptions = {}): Promise<OrderCluster> {
    const { catalogs = 1, frontends = 1, wired = [] } = options;
    const counts = { catalog: catalogs, order: OrderCluster.ids.length, frontend: frontends };
    const names = Object.entries(counts).flatMap(([app, count]) =>
      Array.from({ length: count }, (_, i) => `${app}-${i + 1}`),
    );
    const ports = await freePorts(names.length);
    const cluster = new OrderCluster(Object.fromEntries(names.map((name, i) => [name, ports[i] ?? 0])), options);
    await cluster.wires.lay(wired, cluster.ports);
    return cluster;
  }

  /** A cluster that is ready to trade. */
  static async start(options: ClusterOptions = {}): Promise<OrderCluster> {
    const cluster = await OrderCluster.prepare(options);
    try {
      await cluster.startAll();
      await cluster.waitUntilReady(START_LIMIT_MS);
      return cluster;
    } catch (error) {
      const logs = cluster.logs();
      await cluster.close();
      throw new Error(`the cluster did not become ready; its logs:\n${logs}`, { cause: error });
    }
  }

  /** Of the first gateway. */
  get url(): string {
    return this.urls[0] ?? '';
  }

  /** The names of all processes of an app, running or not. */
  members(app: AppName): readonly string[] {
    return Object.keys(this.ports).filter((name) => name.startsWith(`${app}-`));
  }

  /** All members of the exchange group: order replicas, which vote, and catalogs, which learn. */
  get groupMembers(): readonly string[] {
    return [...this.members('order'), ...this.members('catalog')];
  }

  async startAll(): Promise<void> {
    await Promise.all(Object.keys(this.ports).map((name) => this.startProcess(name)));
  }

  /**
   * @param settings for this life alone
   * @param as another name to be known by, for one that is under way before the one that it replaces has ended
   */
  startProcess(name: string, settings: Settings = {}, as = name): Promise<number> {
    const [app, id] = name.split('-') as [AppName, string];
    const list = (group: AppName): string =>
      this.members(group)
        .map((member) => `${member.split('-')[1]}=${HOST}:${this.wires.port(name, member) ?? this.port(member)}`)
        .join(',');
    const env = {
      ORDER_REPLICAS: list('order'),
      CATALOG_REPLICAS: list('catalog'),
      ...(app === 'frontend'
        ? { HOST, PORT: String(this.port(name)) }
        : { REPLICA_ID: id, BIND_HOST: HOST, DATA_DIR: this.dataDir(name) }),
      ...this.options.all,
      ...this.options[app],
      ...settings,
    };
    return this.processes.start({ name: as, main: mainOf(app, this.options.apps), env });
  }

  /** As after a power failure of its machine, but for the page cache. */
  kill(name: string): Promise<ProcessEnd | undefined> {
    return this.processes.end(name, 'SIGKILL');
  }

  /** In order: it transfers leadership and finishes what is under way. */
  async terminate(name: string): Promise<ProcessEnd | undefined> {
    const limit = setTimeout(() => this.processes.signal(name, 'SIGKILL'), STOP_LIMIT_MS);
    const end = await this.processes.end(name, 'SIGTERM');
    clearTimeout(limit);
    return end;
  }

  freeze(name: string): void {
    this.processes.signal(name, 'SIGSTOP');
  }

  resume(name: string): void {
    this.processes.signal(name, 'SIGCONT');
  }

  ended(name: string): Promise<ProcessEnd> {
    return this.processes.ended(name);
  }

  isRunning(name: string): boolean {
    return this.processes.pid(name) !== undefined;
  }

  pid(name: string): number {
    const pid = this.processes.pid(name);
    if (pid === undefined) throw new Error(`${name} does not run`);
    return pid;
  }

  port(name: string): number {
    const port = this.ports[name];
    if (port === undefined) throw new RangeError(`no process ${name}`);
    return port;
  }

  dataDir(name: string): string {
    return join(this.directory, name);
  }

  databaseFile(name: string): string {
    const id = Number(name.split('-')[1]);
    return join(this.dataDir(name), `exchange-${name.startsWith('catalog') ? learnerIdOf(id) : id}.db`);
  }

  log(name: string): string {
    return this.processes.log(name);
  }

  /** The end of every log, to be shown with a failure. */
  logs(lines = 15): string {
    return Object.keys(this.ports)
      .map((name) => `${name}:\n  ${this.log(name).trimEnd().split('\n').slice(-lines).join('\n  ')}`)
      .join('\n');
  }

  /** Asks a replica for its status; undefined when it gives no answer. */
  status(id: number, timeoutMs?: number): Promise<ReplicaStatus | undefined> {
    return askStatus(this.port(`order-${id}`), timeoutMs);
  }

  /** Asks each of these for its status. */
  async statuses(names = this.members('order')): Promise<readonly (ReplicaStatus | undefined)[]> {
    return Promise.all(names.map((name) => askStatus(this.port(name))));
  }

  /** Undefined when none leads with a quorum. */
  async leader(): Promise<number | undefined> {
    const leading = (await this.statuses()).filter((status) => status?.role === 'leader' && status.ready);
    return leading.reduce((best, status) => ((status?.term ?? 0) > (best?.term ?? 0) ? status : best), undefined)?.id;
  }

  async waitForLeader(): Promise<number> {
    let leader: number | undefined;
    await waitFor('a leader', async () => (leader = await this.leader()) !== undefined);
    return leader ?? 0;
  }

  /** Until all that run say that they are ready, and the gateways agree. */
  async waitUntilReady(limitMs?: number): Promise<void> {
    const isReady = async (name: string): Promise<boolean> =>
      !this.isRunning(name) || (await askStatus(this.port(name)))?.ready === true;
    await waitFor('all members are ready', () => holdsForAll(this.groupMembers, isReady), limitMs);
    const serves = async (url: string): Promise<boolean> =>
      (await ask(url, '/readyz').catch(() => null))?.status === 200;
    await waitFor('the gateways are ready', () => holdsForAll(this.urls, serves), limitMs);
  }

  /** Until no gateway has to say STALE of a stock any more. */
  async waitUntilFresh(stock: string, limitMs?: number): Promise<void> {
    const isFresh = async (url: string): Promise<boolean> => {
      const reply = await ask(url, `/stocks/${stock}`).catch(() => undefined);
      return reply?.status === 200 && reply.cache !== 'STALE';
    };
    await waitFor('lookups are fresh', () => holdsForAll(this.urls, isFresh), limitMs);
  }

  /** Until every order replica and catalog has applied the same, to the last entry. */
  async waitUntilEqual(): Promise<void> {
    await waitFor('all members have applied the same entries', async () => {
      const statuses = await this.statuses(this.groupMembers);
      const [first] = statuses;
      return statuses.every(
        (status) =>
          status?.ready === true &&
          status.term === first?.term &&
          status.lastIndex === first.lastIndex &&
          status.appliedIndex === status.lastIndex,
      );
    });
  }

  async close(): Promise<void> {
    await this.processes.close().finally(() => this.wires.close());
    rmSync(this.directory, { recursive: true, force: true });
  }
}

async function holdsForAll<T>(items: readonly T[], check: (item: T) => Promise<boolean>): Promise<boolean> {
  return (await Promise.all(items.map(check))).every(Boolean);
}
