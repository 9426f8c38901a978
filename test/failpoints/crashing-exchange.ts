import type { Failpoint } from '#service-kit';
import { differences, readReplica } from '../chaos/replica-files.js';
import { OrderCluster } from '../cluster/support/order-cluster.js';
import { differencesInOwnState } from '../cluster/support/own-state.js';
import { ask } from '../system/support/traffic.js';
import { waitFor } from '../system/support/wait-for.js';
import { ArmedPoints } from './armed-points.js';

const GATEWAYS = 2;
const START_LIMIT_MS = 60_000;

/** The kind of process that dies: the first of this kind to reach the failpoint. */
export type Victim = 'a gateway' | 'the leader' | 'a follower' | 'a catalog';

/** An exchange with two gateways. Its processes die at armed failpoints, and each is restarted at once. */
export class CrashingExchange {
  /** Names of the processes that died, in order. */
  readonly deaths: string[] = [];
  /** Unexpected deaths. */
  readonly surprises: string[] = [];
  private killed = 0;
  private isStopping = false;

  private constructor(
    private readonly cluster: OrderCluster,
    private readonly points: ArmedPoints,
  ) {}

  static async start(stocks: readonly object[], catalogs: number): Promise<CrashingExchange> {
    const cluster = await OrderCluster.prepare({
      // Leadership moves only when a leader dies, so the next case need not wait for a transfer.
      all: { PREFER_HIGHEST_ID: 'false' },
      catalog: { CATALOG_SEED: JSON.stringify(stocks) },
      catalogs,
      frontends: GATEWAYS,
    });
    const exchange = new CrashingExchange(cluster, new ArmedPoints());
    try {
      await Promise.all(exchange.names.map((name) => exchange.startProcess(name)));
      await cluster.waitUntilReady(START_LIMIT_MS);
    } catch (error) {
      await exchange.close();
      throw error;
    }
    for (const name of exchange.names) void exchange.keepAlive(name);
    return exchange;
  }

  /** URLs of the gateways. */
  get urls(): readonly string[] {
    return this.cluster.urls;
  }

  /** Returns the URL of the gateway for this turn. */
  url(turn: number): string {
    return this.urls[turn % GATEWAYS] ?? '';
  }

  logs(): string {
    return this.cluster.logs();
  }

  /** Arms a failpoint: the next of these processes that reaches it dies. */
  async arm(point: Failpoint, victim: Victim): Promise<void> {
    this.points.arm(point, await this.squadOf(victim));
  }

  isReached(point: Failpoint): boolean {
    return this.points.isReached(point);
  }

  /** Kills the gateway that did not die after the given number of deaths. */
  async killOtherGateway(deaths: number): Promise<void> {
    await waitFor('the first death is known', () => this.deaths.length > deaths);
    const other = this.cluster.members('frontend').find((gateway) => !this.deaths.slice(deaths).includes(gateway));
    if (!other) return;
    this.killed += 1;
    await this.cluster.kill(other);
  }

  /** Disarms all failpoints. Resolves when all deaths after the given number of deaths are known. */
  async disarm(deaths: number): Promise<void> {
    const expected = deaths + this.points.disarm() + this.killed;
    this.killed = 0;
    await waitFor('every death is known', () => this.deaths.length >= expected);
    if (this.deaths.length > expected) this.surprises.push(`also died: ${this.deaths.slice(expected).join(', ')}`);
  }

  /** Waits until all processes are up, all members have the same state, and each gateway has cached the stock. */
  async rest(stock: string): Promise<void> {
    await waitFor('every process runs', () => this.names.every((name) => this.cluster.isRunning(name)));
    await this.cluster.waitUntilReady();
    await this.cluster.waitUntilEqual();
    for (const url of this.urls)
      await waitFor(
        'a gateway answers from its cache',
        async () => (await ask(url, `/stocks/${stock}`)).cache === 'HIT',
      );
  }

  /** Returns the differences between members in their answers, and on their disks after all were killed at once. They stay down. */
  async differences(): Promise<readonly string[]> {
    const { cluster } = this;
    await cluster.waitUntilEqual();
    const told = await differencesInOwnState(cluster);
    this.isStopping = true;
    await Promise.all(cluster.groupMembers.map((name) => cluster.kill(name)));
    return [...told, ...differences(cluster.groupMembers.map((name) => readReplica(name, cluster.databaseFile(name))))];
  }

  async close(): Promise<void> {
    this.isStopping = true;
    await this.cluster.close();
    this.points.remove();
  }

  private async keepAlive(name: string): Promise<void> {
    for (;;) {
      const { code, signal } = await this.cluster.ended(name);
      if (this.isStopping) return;
      if (signal !== 'SIGKILL') this.surprises.push(`${name} ended with ${signal ?? code}`);
      await this.startProcess(name);
      this.deaths.push(name);
    }
  }

  private get names(): readonly string[] {
    return [...this.cluster.groupMembers, ...this.cluster.members('frontend')];
  }

  /** Starts a process. Each order replica has its own squad, because leader and followers reach the same failpoints. */
  private async startProcess(name: string): Promise<void> {
    const squad = name.startsWith('order') ? name : (name.split('-')[0] ?? name);
    await this.cluster.startProcess(name, { FAILPOINTS: this.points.directoryOf(squad) });
  }

  private async squadOf(victim: Victim): Promise<string> {
    if (victim === 'a gateway') return 'frontend';
    if (victim === 'a catalog') return 'catalog';
    const leader = `order-${await this.cluster.waitForLeader()}`;
    if (victim === 'the leader') return leader;
    return this.cluster.members('order').find((name) => name !== leader) ?? leader;
  }
}
