import { setTimeout as pause } from 'node:timers/promises';
import { percentile } from '#harness';
import { OrderCluster } from '../cluster/support/order-cluster.js';
import { secondsInMs, wholeNumber, type Bench } from './bench.js';
import { closedLoop, round, speedOf, warmUp } from './closed-loop.js';
import { tradesOf } from './load-targets.js';
import { residentMiB } from './memory.js';
import { OpenLoad, type Answered } from './open-load.js';
import { settle } from './settle.js';
import { FEW_STOCKS } from './stocks.js';

type Row = Readonly<Record<string, string | number>>;

/** Share of its capacity with which a system is loaded once the overload has ended. */
const AFTERWARDS = 0.5;
const AFTERWARDS_MS = 3000;

/** What a gateway makes of more trades than the exchange can decide, and how soon all is well again. */
export const overload: Bench = {
  name: 'overload',
  about:
    'several times as many trades as the exchange can decide: how many get through, how fast, and what comes afterwards',
  options: {
    connections: { default: '64', about: 'each with one trade at a time, to find out the capacity' },
    times: { default: '5', about: 'the capacity, offered in an open loop' },
    seconds: { default: '10', about: 'of each' },
  },
  run: async (options, progress) => {
    const ms = secondsInMs(options, 'seconds');
    const cluster = await OrderCluster.start();
    try {
      await settle(cluster);
      const target = tradesOf(cluster);
      await warmUp(target, ms);
      const speed = speedOf(await closedLoop(target, wholeNumber(options, 'connections', 1), ms));
      const capacity = speed['per s'] ?? 0;
      progress(`the capacity is ${Math.round(capacity)} trades/s`);
      const offer = (share: number, time: number): Promise<readonly Answered[]> =>
        offered(cluster, share * capacity, time);
      const term = await termOf(cluster);
      const during = await offer(wholeNumber(options, 'times', 1), ms);
      const memory = residentMiB(cluster.pid('frontend-1'));
      const after = await offer(AFTERWARDS, AFTERWARDS_MS);
      const elections = (await termOf(cluster)) - term;
      return {
        rows: [
          {
            load: 'capacity',
            'x capacity': 1,
            'trades/s': round(capacity),
            ...timesOf([speed['p50 ms'], speed['p99 ms']]),
          },
          rowOf(`${options['times']} times the capacity`, during, ms, capacity),
          rowOf('half the capacity, right afterwards', after, AFTERWARDS_MS, capacity),
        ],
        notes: [`the gateway took ${memory} MiB at the end of the overload, and ${elections} elections took place`],
      };
    } finally {
      await cluster.close();
    }
  },
};

async function offered(cluster: OrderCluster, perSecond: number, ms: number): Promise<readonly Answered[]> {
  const load = await OpenLoad.start(cluster.urls, perSecond, FEW_STOCKS);
  await pause(ms);
  await load.stop();
  return load.takeAnswered();
}

async function termOf(cluster: OrderCluster): Promise<number> {
  return (await cluster.status(await cluster.waitForLeader()))?.term ?? 0;
}

/** "failed" are answers that neither accept nor refuse, and whatever got no answer. */
function rowOf(load: string, answered: readonly Answered[], ms: number, capacity: number): Row {
  const times = answered.filter(({ status }) => status === 200).map(({ askedAt, answeredAt }) => answeredAt - askedAt);
  const perSecond = (times.length / ms) * 1000;
  const refused = answered.filter(({ status }) => status === 429).length;
  return {
    load,
    'x capacity': round(perSecond / capacity),
    'trades/s': round(perSecond),
    ...timesOf([percentile(times, 0.5), percentile(times, 0.99)]),
    'refused/s': round((refused / ms) * 1000),
    failed: answered.length - times.length - refused,
  };
}

function timesOf([p50 = 0, p99 = 0]: readonly (number | undefined)[]): Row {
  return { 'p50 ms': round(p50), 'p99 ms': round(p99) };
}
