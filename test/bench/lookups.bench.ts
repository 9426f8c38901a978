import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { OrderCluster } from '../cluster/support/order-cluster.js';
import { wholeNumber, type Bench, type BenchReport } from './bench.js';
import { load, type LoadResult } from './closed-load.js';
import { processorMs } from './memory.js';
import { percentile } from './report.js';

const PATH = '/stocks/GameStart';
const WARM_UP_MS = 2000;
/** What all others are compared with. */
const BARE_NODE = 'bare Node server';

interface Target {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
}

interface Round extends LoadResult {
  /** Processor time of the server for one request. */
  readonly cpuMicros: number;
}

/** What a lookup that the cache answers costs, beside servers that do nothing else, in turn. */
export const lookups: Bench = {
  name: 'lookups',
  about: 'cached lookups beside a bare Node server and bare Nest handlers, in turn: requests/s and processor time',
  options: {
    rounds: { default: '5', about: 'of each server' },
    seconds: { default: '3', about: 'for each round' },
    connections: { default: '32', about: 'each with one request at a time' },
  },
  run: async (options, progress) => {
    const [rounds = 0, seconds = 0, connections = 0] = ['rounds', 'seconds', 'connections'].map((key) =>
      wholeNumber(options, key),
    );
    const bare: ChildProcess[] = [];
    const clusters: OrderCluster[] = [];
    try {
      const targets = [
        await startBare(bare, BARE_NODE, 'node'),
        await startBare(bare, 'bare Nest handler on Express', 'express'),
        await startBare(bare, 'bare Nest handler on Fastify', 'fastify'),
        await startGateway(clusters, 'gateway (Express)', 'express'),
        await startGateway(clusters, 'gateway on Fastify', 'fastify'),
      ];
      for (const { port } of targets) await load(port, PATH, connections, WARM_UP_MS);
      const seen = new Map<Target, Round[]>(targets.map((target) => [target, []]));
      for (let round = 1; round <= rounds; round += 1) {
        for (const [target, of] of seen) of.push(await measure(target, connections, seconds * 1000));
        progress(`round ${round} of ${rounds}`);
      }
      return reportOf(seen);
    } finally {
      for (const child of bare) child.disconnect();
      for (const cluster of clusters) await cluster.close();
    }
  },
};

async function startBare(running: ChildProcess[], name: string, kind: string): Promise<Target> {
  const child = fork(fileURLToPath(new URL('./bare-server.js', import.meta.url)), [kind]);
  running.push(child);
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', resolve).once('exit', (code) => reject(new Error(`${name} ended with ${code}`)));
  });
  return { name, port, pid: child.pid ?? 0 };
}

async function startGateway(running: OrderCluster[], name: string, httpAdapter: string): Promise<Target> {
  const cluster = await OrderCluster.start({ frontend: { HTTP_ADAPTER: httpAdapter } });
  running.push(cluster);
  return { name, port: cluster.port('frontend-1'), pid: cluster.pid('frontend-1') };
}

async function measure({ port, pid }: Target, connections: number, ms: number): Promise<Round> {
  const before = processorMs(pid);
  const result = await load(port, PATH, connections, ms);
  return { ...result, cpuMicros: ((processorMs(pid) - before) * 1000) / result.answers };
}

function reportOf(seen: ReadonlyMap<Target, readonly Round[]>): BenchReport {
  const figures = [...seen].map(([{ name }, rounds]) => ({
    name,
    perSecond: median(rounds.map(({ answers, seconds }) => answers / seconds)),
    cpuMicros: median(rounds.map(({ cpuMicros }) => cpuMicros)),
    hits: median(rounds.map(({ hits, answers }) => hits / answers)),
  }));
  const base = figures.find(({ name }) => name === BARE_NODE);
  const ownShare = Math.max(...[...seen.values()].flat().map(({ ownCpuMs, seconds }) => ownCpuMs / (seconds * 1000)));
  return {
    rows: figures.map(({ name, perSecond, cpuMicros, hits }) => ({
      server: name,
      'requests/s': Math.round(perSecond),
      'of bare Node': (perSecond / (base?.perSecond ?? NaN)).toFixed(2),
      'CPU µs/request': Math.round(cpuMicros),
      'bare Node’s CPU, of it': ((base?.cpuMicros ?? NaN) / cpuMicros).toFixed(2),
      hits: name.startsWith('gateway') ? `${(hits * 100).toFixed(1)} %` : '',
    })),
    notes: ['medians of the rounds', `the load itself took at most ${Math.round(ownShare * 100)} % of a processor`],
  };
}

function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}
