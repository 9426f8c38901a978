import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '#harness';
import { ExitCode } from '#service-kit';
import { CliError } from '../cli-error.js';
import { Cluster } from '../demo/cluster.js';
import { createPrivateDirectory, removePrivateDirectory } from '../demo/private-directory.js';
import { listOf, urlOf, type ProcessSpec } from '../demo/topology.js';
import type { System } from '../find-system.js';
import { waitUntilReady } from '../status/gateway-readiness.js';

const HOST = '127.0.0.1';
const READY_LIMIT_MS = 20_000;

/** Two more gateways of a running system, new both of them and the same but for the cache: that makes them comparable. */
export class GatewayPair {
  private constructor(
    private readonly cluster: Cluster,
    readonly withCache: string,
    readonly withoutCache: string,
  ) {}

  static async start(system: System): Promise<GatewayPair> {
    const directory = join(createPrivateDirectory(), `bench-${randomUUID()}`);
    mkdirSync(join(directory, 'logs'), { recursive: true, mode: 0o700 });
    const [first = 0, second = 0] = await freePorts(2, HOST);
    const processes = [gateway(1, first, true, system), gateway(2, second, false, system)];
    const pair = new GatewayPair(
      new Cluster({ processes }, directory, [directory]),
      urlOf(HOST, first),
      urlOf(HOST, second),
    );
    try {
      for (const { name } of processes) await pair.cluster.start(name);
      for (const url of [pair.withCache, pair.withoutCache]) await requireReady(url);
      return pair;
    } catch (error) {
      await pair.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.cluster.stopAll();
    await this.cluster.close();
    removePrivateDirectory();
  }
}

function gateway(id: number, port: number, isCached: boolean, { order, catalog }: System): ProcessSpec {
  const env = {
    ORDER_REPLICAS: listOf(order),
    CATALOG_REPLICAS: listOf(catalog),
    HOST,
    PORT: String(port),
    CACHE_ENABLED: String(isCached),
  };
  return { name: `frontend-${isCached ? 'with' : 'without'}-cache`, app: 'frontend', id, host: HOST, port, env };
}

async function requireReady(url: string): Promise<void> {
  const missing = await waitUntilReady(url, READY_LIMIT_MS);
  if (missing === undefined) return;
  throw new CliError(
    `the gateway that was started for the comparison is not ready: ${missing}`,
    'start the system with `bazaar demo`, or say with ORDER_REPLICAS and CATALOG_REPLICAS where it is',
    ExitCode.Unavailable,
  );
}
