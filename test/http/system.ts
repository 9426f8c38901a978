import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { freePorts } from '#harness';
import { loadConfig, type ConfigSources } from '#service-kit';
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

type App = 'catalog' | 'order' | 'frontend';
type Member = `${'catalog' | 'order'}-${number}`;
/** One process, or all processes of one app. */
type Part = App | Member;

/** The number of members, and the parts to start at first. */
interface Shape {
  readonly orders?: 1 | 3;
  readonly catalogs?: number;
  readonly parts?: readonly Part[];
}

const ALL: readonly Part[] = ['order', 'catalog', 'frontend'];

/** The whole system in one process: the real apps, which communicate over real TCP. */
export class TestSystem {
  /** URL of the gateway. */
  url = '';
  private readonly directory = mkdtempSync(join(tmpdir(), 'bazaar-http-'));
  private readonly gateways: INestApplicationContext[] = [];
  private readonly running = new Map<'frontend' | Member, INestApplicationContext>();

  /** @param ports port of each member */
  private constructor(
    private readonly ports: ReadonlyMap<Member, number>,
    private readonly settings: Readonly<Record<string, string>>,
  ) {}

  /** Starts the parts with further settings, by environment variable, and waits until they are ready. */
  static async start(
    settings: Readonly<Record<string, string>> = {},
    { orders = 3, catalogs = 1, parts = ALL }: Shape = {},
  ): Promise<TestSystem> {
    const members = [...membersOf('order', orders), ...membersOf('catalog', catalogs)];
    const ports = await freePorts(members.length);
    const system = new TestSystem(new Map(members.map((member, i) => [member, ports[i] ?? 0])), settings);
    await Promise.all(parts.map((part) => system.start(part)));
    if (parts === ALL) await system.waitUntilReady();
    return system;
  }

  /** A client of the gateway. */
  get http(): Http {
    return typedHttp(this.url);
  }

  portOf(member: Member): number {
    return this.ports.get(member) ?? 0;
  }

  /** Returns ORDER_REPLICAS or CATALOG_REPLICAS. @param through returns the port at which to reach a member, if it is not its own */
  listOf(app: 'order' | 'catalog', through = (member: Member): number => this.portOf(member)): string {
    return this.processesOf(app)
      .map((member) => `${idOf(member)}=127.0.0.1:${through(member as Member)}`)
      .join();
  }

  /** Looks a stock up until the cache answers: on a busy machine the lease may have expired in between. */
  async hit(name: string): Promise<Answer> {
    const answer = await this.http.get(`/stocks/${name}`).expect(200);
    return answer.headers['x-cache'] === 'HIT' ? answer : this.hit(name);
  }

  /** Starts or restarts a part, on its old data unless `onEmptyDisk`. */
  async start(part: Part, { onEmptyDisk = false }: { readonly onEmptyDisk?: boolean } = {}): Promise<void> {
    const launch = async (process: 'frontend' | Member): Promise<void> => {
      if (onEmptyDisk) rmSync(join(this.directory, process), { recursive: true, force: true });
      this.running.set(process, await this.launch(process));
    };
    await Promise.all(this.processesOf(part).map(launch));
  }

  /** Starts another gateway, with its own settings, and returns its URL. */
  async startGateway(settings: Readonly<Record<string, string>>, options?: GatewayServerOptions): Promise<string> {
    const app = await startFrontend(loadConfig(FrontendConfig, this.sources('frontend', settings)), options);
    this.gateways.push(app);
    await watch(app);
    return app.getUrl();
  }

  /** Stops a part as SIGTERM does. */
  async stop(part: Part): Promise<void> {
    await Promise.all(
      this.processesOf(part).map(async (process) => {
        await this.running.get(process)?.close();
        this.running.delete(process);
      }),
    );
  }

  /** Stops the gateways that were started in addition. */
  async stopGateways(): Promise<void> {
    for (const gateway of this.gateways.splice(0)) await gateway.close();
  }

  async stopAll(): Promise<void> {
    await this.stopGateways();
    for (const part of ['frontend', 'catalog', 'order'] as const) await this.stop(part);
    rmSync(this.directory, { recursive: true, force: true });
  }

  async waitUntilReady(): Promise<void> {
    while ((await fetch(`${this.url}/readyz`)).status !== 200) await pause(20);
    // Without a lease, each lookup asks a catalog, which is correct but not what most tests need.
    const lease = this.running.get('frontend')?.get(CacheLease, { strict: false });
    while (this.settings['CACHE_ENABLED'] !== 'false' && lease?.current === undefined) await pause(5);
  }

  private processesOf(part: Part): readonly ('frontend' | Member)[] {
    if (part === 'frontend') return [part];
    return [...this.ports.keys()].filter((member) => member === part || member.startsWith(`${part}-`));
  }

  private async launch(process: 'frontend' | Member): Promise<INestApplicationContext> {
    const sources = this.sources(process);
    if (process.startsWith('catalog')) return startCatalog(loadConfig(CatalogConfig, sources));
    if (process.startsWith('order')) return startOrder(loadConfig(OrderConfig, sources));
    const app = await startFrontend(loadConfig(FrontendConfig, sources));
    await watch(app);
    this.url = await app.getUrl();
    return app;
  }

  private sources(process: 'frontend' | Member, settings: Readonly<Record<string, string>> = {}): ConfigSources {
    const env = {
      CATALOG_REPLICAS: this.listOf('catalog'),
      ORDER_REPLICAS: this.listOf('order'),
      ...(process !== 'frontend' && { REPLICA_ID: idOf(process) }),
      PORT: '0',
      LOG_LEVEL: 'error',
      DATA_DIR: join(this.directory, process),
      ...this.settings,
      ...settings,
    };
    return { env, directory: this.directory };
  }
}

function membersOf(app: 'order' | 'catalog', count: number): readonly Member[] {
  return Array.from({ length: count }, (_, i): Member => `${app}-${i + 1}`);
}

function idOf(process: string): string {
  return process.split('-')[1] ?? '';
}

/** Starts a peer that looks like a frozen process: it accepts connections and never answers. */
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
