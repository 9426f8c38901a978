import { randomUUID } from 'node:crypto';
import { faultsIn } from '../chaos/judge.js';
import { Recorder, type Lookup, type Outcome } from '../chaos/recorder.js';
import { TestSystem } from '../http/system.js';
import { stockLevels, tradesAfter, type StockLevel } from '../system/support/books.js';
import { waitFor } from '../system/support/wait-for.js';
import { TcpProxy } from './tcp-proxy.js';

/** Two gateways over one exchange, each with a wire to the catalog that a test can hold up; all that they say is recorded. */
export class TwoGateways {
  private recorder = new Recorder();
  private before: readonly StockLevel[] = [];
  private recordedBefore = 0;

  private constructor(
    private readonly system: TestSystem,
    readonly wires: readonly [TcpProxy, TcpProxy],
    private readonly urls: readonly string[],
  ) {}

  static async start(stocks: readonly string[], quantity: number): Promise<TwoGateways> {
    const seed = JSON.stringify(stocks.map((name) => ({ name, price: 1, quantity })));
    const system = await TestSystem.start({ CATALOG_SEED: seed, RPC_TIMEOUT_MS: '2000' });
    const wires = [
      await TcpProxy.start(system.portOf('catalog-1')),
      await TcpProxy.start(system.portOf('catalog-1')),
    ] as const;
    const urls: string[] = [];
    for (const { port } of wires) urls.push(await system.startGateway({ CATALOG_REPLICAS: `1=127.0.0.1:${port}` }));
    const gateways = new TwoGateways(system, [...wires], urls);
    await gateways.beginHistory();
    return gateways;
  }

  async stop(): Promise<void> {
    for (const wire of this.wires) wire.stop();
    await this.system.stopAll();
  }

  /** What follows is judged without what was before. To be called when nothing is under way. */
  async beginHistory(): Promise<void> {
    this.recorder = new Recorder();
    this.before = await stockLevels(this.system.url);
    this.recordedBefore = (await tradesAfter(this.system.url, 0)).length;
  }

  /** Everything that is wrong since the history began. To be called when nothing is under way. */
  async faults(): Promise<readonly string[]> {
    const { before, recordedBefore } = this;
    const orders = await tradesAfter(this.system.url, recordedBefore);
    return faultsIn(this.recorder, { before, after: await stockLevels(this.system.url), orders, recordedBefore });
  }

  async lookup(gateway: number, name: string): Promise<Lookup> {
    const lookup = await this.recorder.lookup(this.urls[gateway] ?? '', name);
    if (!lookup) throw new Error(`gateway ${gateway} has no answer about ${name}`);
    return lookup;
  }

  buy(gateway: number, name: string, quantity = 1): Promise<Outcome> {
    const trail = this.recorder.begin({ key: randomUUID(), name, type: 'buy', quantity });
    return this.recorder.send(this.urls[gateway] ?? '', trail);
  }

  /** Looks it up until it comes from the cache, and so is held there. */
  async cached(gateway: number, name: string): Promise<Lookup> {
    let seen: Lookup | undefined;
    await waitFor(`${name} is cached`, async () => (seen = await this.lookup(gateway, name)).cache === 'HIT');
    return seen ?? this.lookup(gateway, name);
  }
}
