import type { INestApplication } from '@nestjs/common';
import { startGateway } from '../../apps/frontend/test/gateway.js';
import { TcpProxy } from '../cache/tcp-proxy.js';
import { TestSystem } from '../http/system.js';
import { tradesAfter } from '../system/support/books.js';
import { ask } from '../system/support/traffic.js';
import { waitFor } from '../system/support/wait-for.js';
import { ExchangeModel } from './exchange-model.js';

/** So many runs one exchange is good for. */
const RUNS = 500;
const FIRST_STOCKS = [
  { price: 2.5, quantity: 12, maxTradingVolume: 0 },
  { price: 10, quantity: 100, maxTradingVolume: 6 },
];

/** The real apps, with two gateways, and a third one that reaches the order group over a wire. */
export class RealExchange {
  private runs = 0;
  private recorded = 0;
  private readonly down = new Set<string>();

  private constructor(
    private readonly system: TestSystem,
    readonly wire: TcpProxy,
    private readonly others: readonly { readonly app: INestApplication; readonly url: string }[],
  ) {}

  /** @param replaced parts of the second gateway that are replaced by others */
  static async start(replaced?: Parameters<typeof startGateway>[2]): Promise<RealExchange> {
    const stocks = Array.from({ length: RUNS }, (_, run) =>
      FIRST_STOCKS.map((stock, i) => ({ name: `R${run}-${i}`, ...stock })),
    );
    const system = await TestSystem.start({ CATALOG_SEED: JSON.stringify(stocks.flat()) });
    const wire = await TcpProxy.start(system.orderPort);
    const settings = (orderPort: number): Record<string, string> => ({
      CATALOG_REPLICAS: `1=127.0.0.1:${system.catalogPort}`,
      ORDER_REPLICAS: `1=127.0.0.1:${orderPort}`,
    });
    const second = await startGateway(settings(system.orderPort), undefined, replaced);
    return new RealExchange(system, wire, [second, await startGateway(settings(wire.port))]);
  }

  async stop(): Promise<void> {
    for (const { app } of this.others) await app.close();
    this.wire.stop();
    await this.system.stopAll();
  }

  /** Of gateway 0 or 1, or of the one with the wire, which is 2. */
  url(gateway: number): string {
    return [this.system.url, ...this.others.map(({ url }) => url)][gateway] ?? '';
  }

  /** A model of stocks that nobody has traded yet. */
  async newModel(): Promise<ExchangeModel> {
    for (const part of ['order', 'catalog'] as const) await this.bringUp(part);
    const run = this.runs++;
    if (run >= RUNS) throw new RangeError(`one exchange is good for ${RUNS} runs`);
    const stocks = new Map(FIRST_STOCKS.map((stock, i) => [`R${run}-${i}`, { ...stock, volume: 0 }]));
    this.recorded += (await tradesAfter(this.url(0), this.recorded)).length;
    return new ExchangeModel(run, this.recorded, stocks);
  }

  /** Resolves when every gateway has seen that it is gone. */
  async takeDown(part: 'order' | 'catalog'): Promise<void> {
    await this.system.stop(part);
    this.down.add(part);
    await this.waitForReadiness(503);
  }

  /** Starts it on the data that it left; does nothing while it is up. */
  async bringUp(part: 'order' | 'catalog'): Promise<void> {
    if (!this.down.delete(part)) return;
    await this.system.start(part);
    if (this.down.size === 0) await this.waitForReadiness(200);
  }

  async restartGateway(): Promise<void> {
    await this.system.stop('frontend');
    await this.system.start('frontend');
  }

  private async waitForReadiness(status: number): Promise<void> {
    await waitFor(`all gateways answer ${status} to /readyz`, async () => {
      const replies = await Promise.all([0, 1, 2].map((gateway) => ask(this.url(gateway), '/readyz')));
      return replies.every((reply) => reply.status === status);
    });
  }
}
