import { OrderCluster } from '../cluster/support/order-cluster.js';
import { secondsInMs, wholeNumber, type Bench } from './bench.js';
import { closedLoop, pacedLoad, round, speedOf, warmUp, type LoopResult } from './closed-loop.js';
import { tradesOf } from './load-targets.js';
import { residentMiB } from './memory.js';
import { settle } from './settle.js';

/** Share of its capacity with which a system is loaded once the overload has ended. */
const AFTERWARDS = 0.5;
const AFTERWARDS_MS = 3000;
const REFUSED = '429 OVERLOADED';

/** What a gateway makes of more trades than the exchange can decide, and how soon all is well again. */
export const overload: Bench = {
  name: 'overload',
  about:
    'several times as many trades as the exchange can decide: how many get through, how fast, and what comes afterwards',
  options: {
    connections: { default: '64', about: 'each with one trade at a time, to find out the capacity' },
    clients: { default: '1000', about: 'connections of the overload' },
    times: { default: '5', about: 'the capacity is offered' },
    seconds: { default: '10', about: 'of each' },
  },
  run: async (options, progress) => {
    const ms = secondsInMs(options, 'seconds');
    const [connections, clients] = [wholeNumber(options, 'connections', 1), wholeNumber(options, 'clients', 1)];
    const cluster = await OrderCluster.start();
    try {
      await settle(cluster);
      const target = tradesOf(cluster);
      await warmUp(target, ms);
      const alone = await closedLoop(target, connections, ms);
      const capacity = speedOf(alone)['per s'] ?? 0;
      progress(`the capacity is ${capacity} trades/s`);
      const term = await termOf(cluster);
      const during = await pacedLoad(target, clients, wholeNumber(options, 'times', 1) * capacity, ms);
      const memory = residentMiB(cluster.pid('frontend-1'));
      const after = await pacedLoad(target, clients, AFTERWARDS * capacity, AFTERWARDS_MS);
      const elections = (await termOf(cluster)) - term;
      return {
        rows: [
          rowOf('capacity', alone, capacity),
          rowOf(`${options['times']} times the capacity`, during, capacity),
          rowOf('half the capacity, right afterwards', after, capacity),
        ],
        notes: [`the gateway took ${memory} MiB at the end of the overload; there were ${elections} elections`],
      };
    } finally {
      await cluster.close();
    }
  },
};

async function termOf(cluster: OrderCluster): Promise<number> {
  return (await cluster.status(await cluster.waitForLeader()))?.term ?? 0;
}

/** "asked" is what the clients really sent. "failed" is whatever was neither decided nor refused. */
function rowOf(load: string, result: LoopResult, capacity: number): Readonly<Record<string, string | number>> {
  const { 'per s': perSecond = 0, 'p50 ms': p50 = 0, 'p99 ms': p99 = 0, failed = 0 } = speedOf(result);
  const refused = result.failures[REFUSED] ?? 0;
  return {
    load,
    'asked/s': Math.round(((result.times.length + failed) * 1000) / result.ms),
    'trades/s': perSecond,
    'x capacity': round(perSecond / capacity),
    'p50 ms': p50,
    'p99 ms': p99,
    'refused/s': Math.round((refused * 1000) / result.ms),
    failed: failed - refused,
    'client %': Math.round(result.clientLoad * 100),
  };
}
