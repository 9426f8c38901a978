import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { loadConfig, type ConfigSources } from '@stock-bazaar/contracts';
import { CatalogConfig } from '../../apps/catalog/src/catalog.config.js';
import { startCatalog } from '../../apps/catalog/src/catalog.module.js';
import { FrontendConfig } from '../../apps/frontend/src/frontend.config.js';
import type { GatewayServerOptions } from '../../apps/frontend/src/server/gateway-server.js';
import { CacheLease } from '../../apps/frontend/src/stocks/cache-lease.js';
import { startFrontend } from '../../apps/frontend/src/start-frontend.js';
import { watch } from '../../apps/frontend/test/openapi/watch.js';
import { typedHttp, type Answer, type Http } from '../../apps/frontend/test/typed-http.js';
import { OrderConfig } from '../../apps/order/src/order.config.js';
import { startOrder } from '../../apps/order/src/order.module.js';

type Part = 'catalog' | 'order' | 'frontend';

/** The whole system in one process: the real apps, which talk over real TCP. */
export class TestSystem {
  readonly catalogPort: number;
  readonly orderPort: number;
  /** Where the gateway listens. */
  url = '';
  private readonly directory = mkdtempSync(join(tmpdir(), 'bazaar-http-'));
  private readonly gateways: INestApplicationContext[] = [];
  private readonly running = new Map<Part, INestApplicationContext>();

  private constructor(
    ports: readonly number[],
    private readonly settings: Readonly<Record<string, string>>,
  ) {
    [this.catalogPort = 0, this.orderPort = 0] = ports;
  }

  /** Starts the parts, with further settings by the names of their environment variables, and waits until they are ready. */
  static async start(
    settings: Readonly<Record<string, string>> = {},
    parts: readonly Part[] = ['catalog', 'order', 'frontend'],
  ): Promise<TestSystem> {
    const system = new TestSystem(await freePorts(2), settings);
    for (const part of parts) await system.start(part);
    if (parts.length === 3) await system.waitUntilReady();
    return system;
  }

  /** Sends requests to the gateway. */
  get http(): Http {
    return typedHttp(this.url);
  }

  /** Looks a stock up until the cache answers: on a busy machine the lease may have run out in between. */
  async hit(name: string): Promise<Answer> {
    const answer = await this.http.get(`/stocks/${name}`).expect(200);
    return answer.headers['x-cache'] === 'HIT' ? answer : this.hit(name);
  }

  /** Starts a part, or starts it again on the data that it left, unless another directory is named. */
  async start(
    part: Part,
    { dataDir = part, settings = {} }: { dataDir?: string; settings?: Readonly<Record<string, string>> } = {},
  ): Promise<void> {
    const app = await this.launch(part, this.sources(dataDir, settings));
    this.running.set(part, app);
    if (part === 'frontend') this.url = await (app as Awaited<ReturnType<typeof startFrontend>>).getUrl();
  }

  /** Starts one more gateway, with settings of its own, and returns its URL. */
  async startGateway(settings: Readonly<Record<string, string>>, options?: GatewayServerOptions): Promise<string> {
    const app = await startFrontend(loadConfig(FrontendConfig, this.sources('frontend', settings)), options);
    this.gateways.push(app);
    await watch(app);
    return app.getUrl();
  }

  async stop(part: Part): Promise<void> {
    await this.running.get(part)?.close();
    this.running.delete(part);
  }

  async stopAll(): Promise<void> {
    for (const gateway of this.gateways.splice(0)) await gateway.close();
    for (const part of ['frontend', 'order', 'catalog'] as const) await this.stop(part);
    rmSync(this.directory, { recursive: true, force: true });
  }

  async waitUntilReady(): Promise<void> {
    while ((await fetch(`${this.url}/readyz`)).status !== 200) await pause(20);
    // Until then each lookup asks the catalog, which is right but not what most tests are about.
    const lease = this.running.get('frontend')?.get(CacheLease, { strict: false });
    while (this.settings['CACHE_ENABLED'] !== 'false' && lease?.current === undefined) await pause(5);
  }

  private async launch(part: Part, sources: ConfigSources): Promise<INestApplicationContext> {
    if (part === 'catalog') return startCatalog(loadConfig(CatalogConfig, sources));
    if (part === 'order') return startOrder(loadConfig(OrderConfig, sources));
    const app = await startFrontend(loadConfig(FrontendConfig, sources));
    await watch(app);
    return app;
  }

  private sources(dataDir: string, settings: Readonly<Record<string, string>> = {}): ConfigSources {
    const env = {
      CATALOG_REPLICAS: `1=127.0.0.1:${this.catalogPort}`,
      ORDER_REPLICAS: `1=127.0.0.1:${this.orderPort}`,
      REPLICA_ID: '1',
      PORT: '0',
      LOG_LEVEL: 'error',
      DATA_DIR: join(this.directory, dataDir),
      ...this.settings,
      ...settings,
    };
    return { env, directory: this.directory };
  }
}

/** Ports that nobody listens on; all are held until all are known, so that none comes twice. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listen(createServer())));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** What a frozen process looks like from outside: it accepts connections and says nothing. */
export async function startFrozenPeer(port = 0): Promise<{ readonly port: number; stop(): void }> {
  const sockets = new Set<{ destroy(): void }>();
  const server = await listen(
    createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined).resume();
    }),
    port,
  );
  const stop = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: (server.address() as AddressInfo).port, stop };
}

function listen(server: Server, port = 0): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server));
  });
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
