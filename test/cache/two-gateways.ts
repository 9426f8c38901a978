import { randomUUID } from 'node:crypto';
import { faultsIn } from '../chaos/judge.js';
import { Recorder, type Lookup, type Outcome } from '../chaos/recorder.js';
import type { Settings } from '../cluster/support/cluster-options.js';
import { OrderCluster } from '../cluster/support/order-cluster.js';
import { stockLevels, tradesAfter, type StockLevel } from '../system/support/books.js';
import { waitFor } from '../system/support/wait-for.js';
import type { TcpProxy } from '../cluster/support/tcp-proxy.js';

const START_LIMIT_MS = 60_000;

/**
 * Two gateways of one exchange. Each reads from its own catalog, over a wire that a test can block. All their answers are
 * recorded.
 */
export class TwoGateways {
  private recorder = new Recorder();
  private before: readonly StockLevel[] = [];
  private recordedBefore = 0;

  private constructor(
    readonly cluster: OrderCluster,
    private readonly stock: string,
  ) {}

  static async start(stocks: readonly [string, ...string[]], quantity: number): Promise<TwoGateways> {
    const cluster = await OrderCluster.prepare({
      catalogs: 2,
      frontends: 2,
      wired: ['frontend-1', 'frontend-2'],
      all: { RPC_TIMEOUT_MS: '2000' },
      catalog: { CATALOG_SEED: JSON.stringify(stocks.map((name) => ({ name, price: 1, quantity }))) },
    });
    const gateways = new TwoGateways(cluster, stocks[0]);
    try {
      await Promise.all(cluster.groupMembers.map((name) => cluster.startProcess(name)));
      await Promise.all([1, 2].map((id) => cluster.startProcess(`frontend-${id}`, gateways.ownCatalog(id))));
      await cluster.waitUntilReady(START_LIMIT_MS);
      await gateways.beginHistory();
      return gateways;
    } catch (error) {
      const logs = cluster.logs();
      await cluster.close();
      throw new Error(`the gateways did not become ready; their logs:\n${logs}`, { cause: error });
    }
  }

  /** The wires from each gateway to its catalog. */
  get wires(): readonly [TcpProxy, TcpProxy] {
    const { wires } = this.cluster;
    return [wires.between('frontend-1', 'catalog-1'), wires.between('frontend-2', 'catalog-2')];
  }

  async stop(): Promise<void> {
    await this.cluster.close();
  }

  /** Starts a new history, which is checked on its own. Must be called while no request is in progress. */
  async beginHistory(): Promise<void> {
    this.recorder = new Recorder();
    await this.cluster.waitUntilFresh(this.stock);
    this.before = await stockLevels(this.cluster.url);
    this.recordedBefore = (await tradesAfter(this.cluster.url, 0)).length;
  }

  /** Returns all violations since the history began. Must be called while no request is in progress. */
  async faults(): Promise<readonly string[]> {
    const { before, recordedBefore } = this;
    await this.cluster.waitUntilFresh(this.stock);
    const orders = await tradesAfter(this.cluster.url, recordedBefore);
    return faultsIn(this.recorder, { before, after: await stockLevels(this.cluster.url), orders, recordedBefore });
  }

  async lookup(gateway: number, name: string): Promise<Lookup> {
    const lookup = await this.tryLookup(gateway, name);
    if (!lookup) throw new Error(`gateway ${gateway} has no answer about ${name}`);
    return lookup;
  }

  /** Looks a stock up. Resolves to undefined if the gateway has no answer. */
  tryLookup(gateway: number, name: string): Promise<Lookup | undefined> {
    return this.recorder.lookup(this.cluster.urls[gateway] ?? '', name);
  }

  buy(gateway: number, name: string, quantity = 1): Promise<Outcome> {
    const trail = this.recorder.begin({ key: randomUUID(), name, type: 'buy', quantity });
    return this.recorder.send(this.cluster.urls[gateway] ?? '', trail);
  }

  /** Looks a stock up until the answer comes from the cache. */
  async cached(gateway: number, name: string): Promise<Lookup> {
    let seen: Lookup | undefined;
    await waitFor(`${name} is cached`, async () => (seen = await this.lookup(gateway, name)).cache === 'HIT');
    return seen ?? this.lookup(gateway, name);
  }

  private ownCatalog(id: number): Settings {
    const port = this.cluster.wires.port(`frontend-${id}`, `catalog-${id}`);
    return { CATALOG_REPLICAS: `${id}=127.0.0.1:${port}` };
  }
}
