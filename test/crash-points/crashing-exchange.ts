import { CATALOG_PATTERNS, type AuditPage, type CrashPoint, type TradeOutcome } from '@stock-bazaar/contracts';
import type { CallBatch } from '@stock-bazaar/replication';
import { differences, readReplica } from '../chaos/replica-files.js';
import { askReplica } from '../cluster/support/ask-replica.js';
import { OrderCluster } from '../cluster/support/order-cluster.js';
import { tradesAfter } from '../system/support/books.js';
import { ask, type Wish } from '../system/support/traffic.js';
import { waitFor } from '../system/support/wait-for.js';
import { ArmedPoints } from './armed-points.js';

const GATEWAYS = 2;
const CALL = { requestId: 'crash-points', timeoutMs: 1000 };

/** An exchange with two gateways. Its processes die at armed points, and each is started again as soon as it is dead. */
export class CrashingExchange {
  /** Who died, in order. */
  readonly deaths: string[] = [];
  /** Deaths that nobody asked for. */
  readonly surprises: string[] = [];
  private killed = 0;
  private isStopping = false;

  private constructor(
    private readonly cluster: OrderCluster,
    private readonly points: ArmedPoints,
  ) {}

  static async start(stocks: readonly object[]): Promise<CrashingExchange> {
    const points = new ArmedPoints();
    try {
      const cluster = await OrderCluster.start({
        // Leadership moves when a leader dies, and at no other time: the next case need not wait for it.
        all: { CRASH_POINTS: points.directory, PREFER_HIGHEST_ID: 'false' },
        catalog: { CATALOG_SEED: JSON.stringify(stocks) },
        frontends: GATEWAYS,
      });
      const exchange = new CrashingExchange(cluster, points);
      for (const name of exchange.names) void exchange.keepAlive(name);
      return exchange;
    } catch (error) {
      points.remove();
      throw error;
    }
  }

  /** Of each gateway. */
  get urls(): readonly string[] {
    return this.cluster.urls;
  }

  /** Of the gateway whose turn it is. */
  url(turn: number): string {
    return this.urls[turn % GATEWAYS] ?? '';
  }

  logs(): string {
    return this.cluster.logs();
  }

  /** The next process that comes to the point dies there. */
  arm(point: CrashPoint): void {
    this.points.arm(point);
  }

  isReached(point: CrashPoint): boolean {
    return this.points.isReached(point);
  }

  /** The gateway that has not died since there were so many deaths dies now. */
  async killOtherGateway(deaths: number): Promise<void> {
    await waitFor('the first death is noted', () => this.deaths.length > deaths);
    const other = this.cluster.members('frontend').find((gateway) => !this.deaths.slice(deaths).includes(gateway));
    if (!other) return;
    this.killed += 1;
    await this.cluster.kill(other);
  }

  /** From now on nobody dies. Resolves when everybody is known who has died since there were so many deaths. */
  async disarm(deaths: number): Promise<void> {
    const expected = deaths + this.points.disarm() + this.killed;
    this.killed = 0;
    await waitFor('every death is noted', () => this.deaths.length >= expected);
    if (this.deaths.length > expected) this.surprises.push(`also died: ${this.deaths.slice(expected).join(', ')}`);
  }

  /** Until all processes are up, what was executed is on record, and each gateway has the stock in its cache. */
  async rest(stock: string): Promise<void> {
    await waitFor('every process runs', () => this.names.every((name) => this.cluster.isRunning(name)));
    await this.cluster.waitUntilReady();
    await waitFor('everything executed is on record', async () => {
      const [audit, trades] = await Promise.all([this.audit(), tradesAfter(this.url(0), 0).catch(() => undefined)]);
      return audit !== undefined && audit.lastNumber === trades?.length;
    });
    for (const url of this.urls)
      await waitFor(
        'a gateway answers from its cache',
        async () => (await ask(url, `/stocks/${stock}`)).cache === 'HIT',
      );
  }

  /** Until the catalog was told that everything is on record. */
  async waitUntilConfirmed(): Promise<void> {
    await waitFor('the catalog knows what is on record', async () => {
      const audit = await this.audit();
      return audit !== undefined && audit.lastNumber === audit.recordedUpTo;
    });
  }

  /** What an order leader leaves behind that gave up before it had the catalog's answer. */
  async executeForNobody({ key, name, type, quantity }: Wish): Promise<void> {
    const leader = await this.cluster.status(await this.cluster.waitForLeader());
    const claim = { orderTerm: leader?.term, orderGroup: leader?.groupId, recordedUpTo: 0 };
    const trade = { ...CALL, key, name, type, quantity, ...claim };
    const batch: CallBatch = { calls: [trade] };
    const port = this.cluster.port('catalog-1');
    const answer = await askReplica<readonly { answer?: TradeOutcome }[]>(port, CATALOG_PATTERNS.trade, batch);
    if (answer?.[0]?.answer?.executed !== true) throw new Error(`no orphan was made: ${JSON.stringify(answer)}`);
  }

  /** Where the replicas' disks differ, all having been killed at once. They stay dead. */
  async differencesOnDisk(): Promise<readonly string[]> {
    await this.cluster.waitUntilEqual();
    this.isStopping = true;
    const replicas = this.cluster.members('order');
    await Promise.all(replicas.map((name) => this.cluster.kill(name)));
    return differences(replicas.map((name) => readReplica(name, this.cluster.databaseFile(name))));
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
      await this.cluster.startProcess(name);
      this.deaths.push(name);
    }
  }

  private get names(): readonly string[] {
    return (['catalog', 'order', 'frontend'] as const).flatMap((app) => this.cluster.members(app));
  }

  private audit(): Promise<AuditPage | undefined> {
    return askReplica<AuditPage>(this.cluster.port('catalog-1'), CATALOG_PATTERNS.audit, { ...CALL, limit: 1 });
  }
}
