import type { INestApplication } from '@nestjs/common';
import { startGateway } from '../../apps/frontend/test/gateway.js';
import { TcpProxy } from '../cluster/support/tcp-proxy.js';
import { TestSystem } from '../http/system.js';
import { tradesAfter } from '../system/support/books.js';
import { ask, place, type Reply, type Wish } from '../system/support/traffic.js';
import { waitFor } from '../system/support/wait-for.js';
import { ExchangeModel, hasCatalogWithout, hasQuorumWithout, ORDERS, type Member } from './exchange-model.js';

/** Maximum number of runs on one exchange. */
const RUNS = 500;
const FIRST_STOCKS = [
  { price: 2.5, quantity: 12, maxTradingVolume: 0 },
  { price: 10, quantity: 100, maxTradingVolume: 6 },
];

/** The real apps: three order replicas, two catalogs, two gateways, and a third gateway with wires to the order replicas. */
export class RealExchange {
  private runs = 0;
  private recorded = 0;
  private readonly down = new Set<Member>();

  private constructor(
    private readonly system: TestSystem,
    private readonly wires: readonly TcpProxy[],
    private readonly others: readonly { readonly app: INestApplication; readonly url: string }[],
  ) {}

  /** @param replaced replacements for parts of the second gateway */
  static async start(replaced?: Parameters<typeof startGateway>[2]): Promise<RealExchange> {
    const stocks = Array.from({ length: RUNS }, (_, run) =>
      FIRST_STOCKS.map((stock, i) => ({ name: `R${run}-${i}`, ...stock })),
    );
    const system = await TestSystem.start({ CATALOG_SEED: JSON.stringify(stocks.flat()) }, { catalogs: 2 });
    const wires = new Map<string, TcpProxy>();
    for (const order of ORDERS) wires.set(order, await TcpProxy.start(system.portOf(order)));
    const settings = (orders: string): Record<string, string> => ({
      CATALOG_REPLICAS: system.listOf('catalog'),
      ORDER_REPLICAS: orders,
    });
    const second = await startGateway(settings(system.listOf('order')), undefined, replaced);
    const third = await startGateway(settings(system.listOf('order', (order) => wires.get(order)?.port ?? 0)));
    return new RealExchange(system, [...wires.values()], [second, third]);
  }

  async stop(): Promise<void> {
    for (const { app } of this.others) await app.close();
    for (const wire of this.wires) wire.stop();
    await this.system.stopAll();
  }

  /** Returns the URL of gateway 0 or 1, or of 2, the one with wires. */
  url(gateway: number): string {
    return [this.system.url, ...this.others.map(({ url }) => url)][gateway] ?? '';
  }

  /** Creates a model of untraded stocks. */
  async newModel(): Promise<ExchangeModel> {
    await this.bringUp(...this.down);
    const run = this.runs++;
    if (run >= RUNS) throw new RangeError(`one exchange supports ${RUNS} runs`);
    const stocks = new Map(FIRST_STOCKS.map((stock, i) => [`R${run}-${i}`, { ...stock, volume: 0 }]));
    this.recorded += (await tradesAfter(this.url(0), this.recorded)).length;
    return new ExchangeModel(run, this.recorded, stocks, this.down);
  }

  /** Stops a member. Resolves when every gateway has noticed it. */
  async takeDown(member: Member): Promise<void> {
    await this.system.stop(member);
    this.down.add(member);
    await this.settle();
  }

  /** Restarts members on their old data. */
  async bringUp(...members: readonly Member[]): Promise<void> {
    for (const member of members) if (this.down.delete(member)) await this.system.start(member);
    if (members.length > 0) await this.settle();
  }

  async restartGateway(): Promise<void> {
    await this.system.stop('frontend');
    await this.system.start('frontend');
  }

  /** Sends a request through the gateway with wires, whose connections break when the answer is on its way. */
  async placeAndBreak(wish: Wish): Promise<Reply> {
    for (const wire of this.wires) wire.hold();
    const reply = place(this.url(2), wish);
    while (!this.wires.some((wire) => wire.holds(() => true))) await new Promise(setImmediate);
    for (const wire of this.wires) wire.cut();
    return reply;
  }

  /** Waits until every gateway knows a leader or that there is none, and answers fresh lookups if possible. */
  private async settle(): Promise<void> {
    const hasQuorum = hasQuorumWithout(this.down);
    const canBeSure = hasQuorum && hasCatalogWithout(this.down);
    await waitFor(`all gateways notice that ${[...this.down].join()} are down`, async () => {
      const asked = [0, 1, 2].map(async (gateway) => {
        if ((await ask(this.url(gateway), '/leader')).status !== (hasQuorum ? 200 : 503)) return false;
        const { status, cache } = await ask(this.url(gateway), '/stocks?limit=1');
        return !canBeSure || (status === 200 && cache === undefined);
      });
      return (await Promise.all(asked)).every((isSeen) => isSeen);
    });
  }
}
