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
/** Longer than the 5 s in which a process stops by itself. */
const STOP_LIMIT_MS = 10_000;
const START_LIMIT_MS = 60_000; // a dozen processes may start at once on a busy machine

/** Three order replicas, a catalog and a gateway, each a separate process, on free ports and temporary data. */
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

  /** Creates a cluster without starting it, so that data can be put in place first. */
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

  /** Starts a cluster. Resolves when it is ready to trade. */
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

  /** URL of the first gateway. */
  get url(): string {
    return this.urls[0] ?? '';
  }

  /** Returns the names of all processes of an app, running or not. */
  members(app: AppName): readonly string[] {
    return Object.keys(this.ports).filter((name) => name.startsWith(`${app}-`));
  }

  /** Names of all members of the exchange group: order replicas, which are voters, and catalogs, which are learners. */
  get groupMembers(): readonly string[] {
    return [...this.members('order'), ...this.members('catalog')];
  }

  async startAll(): Promise<void> {
    await Promise.all(Object.keys(this.ports).map((name) => this.startProcess(name)));
  }

  /**
   * @param settings settings of this run only
   * @param as a different name, for a process that starts before the one that it replaces has ended
   * @param main a script other than that of the build
   */
  startProcess(name: string, settings: Settings = {}, as = name, main?: string): Promise<number> {
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
    return this.processes.start({ name: as, main: main ?? mainOf(app, this.options.apps), env });
  }

  /** Kills a process, as a power failure does, except that the page cache survives. */
  kill(name: string): Promise<ProcessEnd | undefined> {
    return this.processes.end(name, 'SIGKILL');
  }

  /** Stops a process cleanly: it transfers leadership and finishes work in progress. */
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

  /** Returns the end of every log, to be shown with a failure. */
  logs(lines = 15): string {
    return Object.keys(this.ports)
      .map((name) => `${name}:\n  ${this.log(name).trimEnd().split('\n').slice(-lines).join('\n  ')}`)
      .join('\n');
  }

  /** Asks a replica for its status; undefined if it gives no answer. */
  status(id: number, timeoutMs?: number): Promise<ReplicaStatus | undefined> {
    return askStatus(this.port(`order-${id}`), timeoutMs);
  }

  /** Asks each of these members for its status. */
  async statuses(names = this.members('order')): Promise<readonly (ReplicaStatus | undefined)[]> {
    return Promise.all(names.map((name) => askStatus(this.port(name))));
  }

  /** Resolves to the id of the leader; undefined if none leads with a quorum. */
  async leader(): Promise<number | undefined> {
    const leading = (await this.statuses()).filter((status) => status?.role === 'leader' && status.ready);
    return leading.reduce((best, status) => ((status?.term ?? 0) > (best?.term ?? 0) ? status : best), undefined)?.id;
  }

  async waitForLeader(): Promise<number> {
    let leader: number | undefined;
    await waitFor('a leader', async () => (leader = await this.leader()) !== undefined);
    return leader ?? 0;
  }

  /** Waits until all running members and all gateways are ready. */
  async waitUntilReady(limitMs?: number): Promise<void> {
    const isReady = async (name: string): Promise<boolean> =>
      !this.isRunning(name) || (await askStatus(this.port(name)))?.ready === true;
    await waitFor('all members are ready', () => holdsForAll(this.groupMembers, isReady), limitMs);
    const serves = async (url: string): Promise<boolean> =>
      (await ask(url, '/readyz').catch(() => null))?.status === 200;
    await waitFor('the gateways are ready', () => holdsForAll(this.urls, serves), limitMs);
  }

  /** Waits until no gateway answers STALE for a stock any more. */
  async waitUntilFresh(stock: string, limitMs?: number): Promise<void> {
    const isFresh = async (url: string): Promise<boolean> => {
      const reply = await ask(url, `/stocks/${stock}`).catch(() => undefined);
      return reply?.status === 200 && reply.cache !== 'STALE';
    };
    await waitFor('lookups are fresh', () => holdsForAll(this.urls, isFresh), limitMs);
  }

  /** Waits until every order replica and catalog has applied the same entries. */
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
