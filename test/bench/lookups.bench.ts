import type { ChildProcess } from 'node:child_process';
import { OrderCluster } from '../cluster/support/order-cluster.js';
import { secondsInMs, wholeNumber, wholeNumbers, type Bench, type BenchReport } from './bench.js';
import { closedLoop, warmUp, type LoopResult } from './closed-loop.js';
import { processorMs } from './memory.js';
import { median } from './report.js';
import { get, type Target } from './requests.js';
import { startBare } from './rivals/rivals.js';

const REQUEST = get('/stocks/GameStart');
/** The server that all others are compared with. */
const BARE_NODE = 'bare Node server';
const GATEWAY = 'gateway';

interface Server extends Target {
  readonly pid: number;
}

interface Round extends LoopResult {
  /** Processor time of the server for one request. */
  readonly cpuMicros: number;
}

/** Measures what a lookup that the cache answers costs, beside servers that do nothing else, in turn. */
export const lookups: Bench = {
  name: 'lookups',
  about: 'cached lookups beside a bare Node server and a bare Nest handler, in turn: requests/s and processor time',
  options: {
    rounds: { default: '5', about: 'of each server' },
    seconds: { default: '3', about: 'for each round' },
    connections: { default: '32', about: 'each with one request at a time' },
  },
  run: async (options, progress) => {
    const [rounds, ms] = [wholeNumber(options, 'rounds'), secondsInMs(options, 'seconds')];
    const [connections = 0] = wholeNumbers(options, 'connections', 512);
    const bare: ChildProcess[] = [];
    const clusters: OrderCluster[] = [];
    try {
      const targets = [
        await bareServer(bare, BARE_NODE, 'node'),
        await bareServer(bare, 'bare Nest handler', 'nest'),
        await startGateway(clusters),
      ];
      for (const target of targets) await warmUp(target, ms);
      const seen = new Map<Server, Round[]>(targets.map((target) => [target, []]));
      for (let round = 1; round <= rounds; round += 1) {
        for (const [target, of] of seen) of.push(await measure(target, connections, ms));
        progress(`round ${round} of ${rounds}`);
      }
      return reportOf(seen);
    } finally {
      for (const child of bare) child.disconnect();
      for (const cluster of clusters) await cluster.close();
    }
  },
};

async function bareServer(running: ChildProcess[], name: string, kind: string): Promise<Server> {
  const { child, port } = await startBare(kind);
  running.push(child);
  return { name, port, pid: child.pid ?? 0, next: () => REQUEST };
}

async function startGateway(running: OrderCluster[]): Promise<Server> {
  const cluster = await OrderCluster.start();
  running.push(cluster);
  return { name: GATEWAY, port: cluster.port('frontend-1'), pid: cluster.pid('frontend-1'), next: () => REQUEST };
}

async function measure(server: Server, connections: number, ms: number): Promise<Round> {
  const before = processorMs(server.pid);
  const result = await closedLoop(server, connections, ms);
  const [failure] = Object.keys(result.failures);
  if (failure !== undefined) throw new Error(`${server.name} answered ${failure}`);
  return { ...result, cpuMicros: ((processorMs(server.pid) - before) * 1000) / result.times.length };
}

function reportOf(seen: ReadonlyMap<Server, readonly Round[]>): BenchReport {
  const figures = [...seen].map(([{ name }, rounds]) => ({
    name,
    perSecond: median(rounds.map(({ times, ms }) => (times.length * 1000) / ms)),
    cpuMicros: median(rounds.map(({ cpuMicros }) => cpuMicros)),
    hits: median(rounds.map(({ hits, times }) => hits / times.length)),
  }));
  const base = figures.find(({ name }) => name === BARE_NODE);
  const ownShare = Math.max(...[...seen.values()].flat().map(({ clientLoad }) => clientLoad));
  return {
    rows: figures.map(({ name, perSecond, cpuMicros, hits }) => ({
      server: name,
      'requests/s': Math.round(perSecond),
      'of bare Node': (perSecond / (base?.perSecond ?? NaN)).toFixed(2),
      'CPU µs/request': Math.round(cpuMicros),
      'bare Node’s CPU, of it': ((base?.cpuMicros ?? NaN) / cpuMicros).toFixed(2),
      hits: name === GATEWAY ? `${(hits * 100).toFixed(1)} %` : '',
    })),
    notes: ['medians of the rounds', `the load itself took at most ${Math.round(ownShare * 100)} % of a processor`],
  };
}
