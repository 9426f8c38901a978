import { setTimeout as pause } from 'node:timers/promises';
import { percentile } from '#harness';
import { OrderCluster } from '../cluster/support/order-cluster.js';
import { secondsInMs, wholeNumber, type Bench } from './bench.js';
import { closedLoop } from './closed-loop.js';
import { tradesOf } from './load-targets.js';
import { OpenLoad, type Answered } from './open-load.js';
import { settle } from './settle.js';
import { slowestSyncMs } from './slowest-sync.js';
import { FEW_STOCKS } from './stocks.js';

/** Whether anything moves that should not: a load that the system can bear, no fault, and so no election. */
export const steady: Bench = {
  name: 'steady',
  about: 'a part of the capacity for a long time, without a fault: elections, failures and latency',
  options: {
    minutes: { default: '30', about: 'of load' },
    percent: { default: '70', about: 'of the capacity, which is measured first' },
    connections: { default: '64', about: 'that measure the capacity, each with one trade at a time' },
    'capacity-seconds': { default: '15', about: 'how long to measure the capacity' },
    'minute-seconds': { default: '60', about: 'length of a minute; less only to try this benchmark itself' },
  },
  run: async (options, progress) => {
    const [minutes, percent, connections] = ['minutes', 'percent', 'connections'].map((key) =>
      wholeNumber(options, key),
    );
    if (minutes === undefined || percent === undefined || connections === undefined) throw new TypeError('unreachable');
    const [capacityMs, minuteMs] = [secondsInMs(options, 'capacity-seconds'), secondsInMs(options, 'minute-seconds')];
    const cluster = await OrderCluster.start();
    try {
      // Only what comes later is an election without a fault.
      await settle(cluster);
      const { times, ms } = await closedLoop(tradesOf(cluster), connections, capacityMs);
      const capacity = Math.round((times.length * 1000) / ms);
      const rate = Math.round((capacity * percent) / 100);
      progress(`capacity ${capacity} trades/s; ${minutes} minutes at ${rate}/s`);
      const termsBefore = await terms(cluster);
      const load = await OpenLoad.start(cluster.urls, rate, FEW_STOCKS);
      const seen: Minute[] = [];
      for (let minute = 1; minute <= minutes; minute += 1) {
        await pause(minuteMs);
        seen.push(summary(load.takeAnswered()));
        const { trades, failed, p99 } = seen.at(-1) ?? summary([]);
        progress(`minute ${minute}: ${trades} trades, ${failed} failed, p99 ${p99} ms, terms ${await terms(cluster)}`);
      }
      await load.stop();
      return {
        rows: [
          {
            capacity: `${capacity}/s`,
            rate: `${rate}/s`,
            minutes,
            trades: sum(seen, 'trades'),
            failed: sum(seen, 'failed'),
            'p50 (median minute)': `${percentile(column(seen, 'p50'), 0.5)} ms`,
            'p99 (median minute)': `${percentile(column(seen, 'p99'), 0.5)} ms`,
            'p99 (worst minute)': `${Math.max(...column(seen, 'p99'))} ms`,
            slowest: `${Math.max(...column(seen, 'slowest'))} ms`,
            'terms before': termsBefore,
            'terms after': await terms(cluster),
          },
        ],
        notes: [
          `slowest sync of any order replica: ${await slowestSyncMs(cluster)} ms`,
          `longest stall of the load generator itself: ${Math.round(load.longestStallMs)} ms`,
        ],
      };
    } finally {
      await cluster.close();
    }
  },
};

interface Minute {
  readonly trades: number;
  readonly failed: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly slowest: number;
}

function summary(answered: readonly Answered[]): Minute {
  const times = answered.map(({ askedAt, answeredAt }) => answeredAt - askedAt);
  const failed = answered.filter(({ status }) => status !== 200).length;
  const [p50, p99, slowest] = [0.5, 0.99, 1].map((share) => Math.round(percentile(times, share) * 10) / 10);
  return { trades: answered.length - failed, failed, p50: p50 ?? 0, p99: p99 ?? 0, slowest: slowest ?? 0 };
}

async function terms(cluster: OrderCluster): Promise<string> {
  return (await cluster.statuses()).map((status) => status?.term ?? '?').join(' ');
}

function column(minutes: readonly Minute[], key: keyof Minute): number[] {
  return minutes.map((minute) => minute[key]);
}

function sum(minutes: readonly Minute[], key: keyof Minute): number {
  return column(minutes, key).reduce((total, value) => total + value, 0);
}
