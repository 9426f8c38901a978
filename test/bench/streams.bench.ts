import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { OrderCluster } from '../cluster/support/order-cluster.js';
import { secondsInMs, wholeNumber, wholeNumbers, type Bench } from './bench.js';
import { closedLoop, round, speedOf, warmUp } from './closed-loop.js';
import { tradesOf } from './load-targets.js';
import { residentMiB } from './memory.js';
import { median } from './report.js';
import { get, portOf } from './requests.js';
import { settle } from './settle.js';
import { during, total, type Span } from './usage.js';

type Figures = Readonly<Record<string, number>>;

/** Time for streams that have just begun to become quiet, in milliseconds. */
const CALM_MS = 1000;

/** The cost of streams: trades through a gateway with and without them, in turn, and what the gateway needs for idle ones. */
export const streams: Bench = {
  name: 'streams',
  about: 'trades with and without open event streams on the same gateway, in turn; memory and processor time',
  options: {
    streams: { default: '1000', about: 'open at once' },
    connections: { default: '1,8,32', about: 'each with one trade at a time' },
    seconds: { default: '2', about: 'for each, in each round' },
    rounds: { default: '5', about: 'of both' },
  },
  run: async (options, progress) => {
    const [ms, rounds] = [secondsInMs(options, 'seconds'), wholeNumber(options, 'rounds', 1)];
    const count = wholeNumber(options, 'streams', 1);
    const cluster = await OrderCluster.start();
    try {
      await settle(cluster);
      const target = tradesOf(cluster);
      await warmUp(target, 5 * ms);
      const measure = async (connections: number): Promise<Figures> => {
        let speed: Figures = {};
        const span = await during(cluster, async () => (speed = speedOf(await closedLoop(target, connections, ms))));
        return { 'per s': speed['per s'] ?? 0, 'p99 ms': speed['p99 ms'] ?? 0, ...costOf(cluster, span) };
      };
      const rows = [];
      for (const connections of wholeNumbers(options, 'connections', 512)) {
        const seen: Record<'without' | 'with', Figures[]> = { without: [], with: [] };
        for (let turn = 0; turn < rounds; turn += 1) {
          seen.without.push(await measure(connections));
          const readers = await Readers.open(portOf(cluster.url), count);
          seen.with.push({ ...(await measure(connections)), 'received MiB/s': readers.receivedMiB / (ms / 1000) });
          readers.close();
          await pause(CALM_MS);
        }
        const ratios = seen.with.map((figures, i) => (figures['per s'] ?? 0) / (seen.without[i]?.['per s'] ?? 0));
        rows.push({ connections, streams: 0, 'x per s': 1, ...medians(seen.without), 'received MiB/s': 0 });
        rows.push({ connections, streams: count, 'x per s': round(median(ratios)), ...medians(seen.with) });
        progress(`${connections} connections are done`);
      }
      return { rows, notes: [await idleCost(cluster, 0, ms), await idleCost(cluster, count, ms)] };
    } finally {
      await cluster.close();
    }
  },
};

async function idleCost(cluster: OrderCluster, count: number, ms: number): Promise<string> {
  const readers = await Readers.open(portOf(cluster.url), count);
  const {
    'gateway %': gateway,
    'gateway MiB': memory,
    'catalog %': catalog,
  } = costOf(cluster, await during(cluster, () => pause(ms)));
  readers.close();
  return `${count} idle streams: gateway ${gateway} % of a processor and ${memory} MiB, catalog ${catalog} %`;
}

function costOf(cluster: OrderCluster, span: Span): Figures {
  const percent = (app: 'frontend' | 'catalog'): number =>
    round((total(span, cluster.members(app), 'processorMs') / span.ms) * 100);
  const [gateway = ''] = cluster.members('frontend');
  return {
    'gateway %': percent('frontend'),
    'catalog %': percent('catalog'),
    'gateway MiB': residentMiB(cluster.pid(gateway)),
  };
}

function medians(seen: readonly Figures[]): Figures {
  const names = Object.keys(seen[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, round(median(seen.map((figures) => figures[name] ?? 0)))]));
}

/** Clients that read streams of trades and look at nothing. */
class Readers {
  private received = 0;

  private constructor(private readonly sockets: readonly Socket[]) {
    for (const socket of sockets) socket.on('data', (part: Buffer) => (this.received += part.byteLength));
  }

  /** Resolves once every stream has begun. */
  static async open(port: number, count: number): Promise<Readers> {
    const sockets: Socket[] = [];
    for (let i = 0; i < count; i += 1) {
      const socket = connect(port, '127.0.0.1');
      socket.write(get('/stream?after=latest'));
      const [head] = (await once(socket, 'data')) as [Buffer];
      if (!head.toString().startsWith('HTTP/1.1 200')) throw new Error(`no stream: ${head.toString()}`);
      sockets.push(socket);
    }
    await pause(CALM_MS);
    return new Readers(sockets);
  }

  get receivedMiB(): number {
    return this.received / 1024 ** 2;
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
  }
}
