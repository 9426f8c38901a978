import { percentile } from '#harness';
import { OrderCluster } from '../cluster/support/order-cluster.js';
import { waitFor } from '../system/support/wait-for.js';
import { wholeNumber, type Bench, type BenchReport } from './bench.js';
import { OpenLoad, type Answered } from './open-load.js';
import { slowestSyncMs } from './slowest-sync.js';
import { FEW_STOCKS } from './stocks.js';

const KINDS = {
  'kill -9': (cluster, name) => cluster.kill(name),
  SIGSTOP: async (cluster, name) => {
    cluster.freeze(name);
    await Promise.resolve();
  },
  SIGTERM: (cluster, name) => cluster.terminate(name),
} as const satisfies Record<string, (cluster: OrderCluster, name: string) => Promise<unknown>>;
type Kind = keyof typeof KINDS;

/** Enough for any successor to be found, and for requests that were caught by the fault to reach their deadline. */
const WATCHED_MS = 2500;
const BEFORE_MS = 200;

interface Round {
  readonly gapMs: number;
  readonly slowestMs: number;
  readonly failed: readonly Answered[];
  readonly slowestSyncMs: number;
}

/** How long nobody gets a trade through when the leader, or all catalogs, die, freeze or stop, and how many requests fail for it. */
export const failover: Bench = {
  name: 'failover',
  about: 'kills of the leader or of all catalogs under load: the longest gap between two successes around each',
  options: {
    kills: { default: '30', about: 'of each kind' },
    rate: { default: '200', about: 'trades per second, open loop' },
    kind: { default: 'all', about: 'kill -9, SIGSTOP, SIGTERM or all' },
    who: { default: 'leader', about: 'leader or catalogs' },
    catalogs: { default: '1', about: 'how many' },
    gateways: { default: '1', about: 'that share the load' },
  },
  run: async (options, progress) => {
    const kills = wholeNumber(options, 'kills');
    const kinds = (Object.keys(KINDS) as Kind[]).filter((kind) => ['all', kind].includes(options['kind'] ?? ''));
    if (kinds.length === 0) throw new TypeError(`--kind is one of ${Object.keys(KINDS).join(', ')}, all`);
    const who = victimsOf(options['who'] ?? '');
    const cluster = await OrderCluster.start({
      catalogs: wholeNumber(options, 'catalogs', 1),
      frontends: wholeNumber(options, 'gateways', 1),
    });
    const load = await OpenLoad.start(cluster.urls, wholeNumber(options, 'rate'), FEW_STOCKS);
    try {
      const rounds = new Map<Kind, Round[]>();
      for (const kind of kinds) rounds.set(kind, await killAll({ cluster, load, kind, who }, kills, progress));
      const report = reportOf(rounds);
      return {
        ...report,
        notes: [...report.notes, `longest stall of the load generator itself: ${ms(load.longestStallMs)}`],
      };
    } finally {
      await load.stop();
      await cluster.close();
    }
  },
};

/** Whom to hit now. */
type Victims = (cluster: OrderCluster) => Promise<readonly string[]>;

interface Fault {
  readonly cluster: OrderCluster;
  readonly load: OpenLoad;
  readonly kind: Kind;
  readonly who: Victims;
}

function victimsOf(who: string): Victims {
  if (who === 'leader') return async (cluster) => [`order-${await cluster.waitForLeader()}`];
  if (who === 'catalogs') return (cluster) => Promise.resolve(cluster.members('catalog'));
  throw new TypeError('--who is leader or catalogs');
}

async function killAll(fault: Fault, kills: number, progress: (line: string) => void): Promise<Round[]> {
  const rounds: Round[] = [];
  while (rounds.length < kills) {
    await fault.cluster.waitUntilReady();
    const round = await killOnce(fault);
    rounds.push(round);
    const failed = round.failed.map(({ status, reason }) => `${status} ${reason}`);
    progress(
      `${fault.kind} ${rounds.length} of ${kills}: gap ${ms(round.gapMs)}, ${round.failed.length} failed ${[...new Set(failed)].join(', ')}`,
    );
  }
  return rounds;
}

async function killOnce({ cluster, load, kind, who }: Fault): Promise<Round> {
  const victims = await who(cluster);
  const slowestSync = await slowestSyncMs(cluster);
  const trading = performance.now();
  await waitFor('trading is under way', () => load.successesSince(trading) > 20);
  const at = performance.now();
  const done = Promise.all(victims.map((name) => KINDS[kind](cluster, name)));
  await waitFor('trading goes on', () => load.successesSince(at + WATCHED_MS) > 0);
  await done;
  const until = at + WATCHED_MS;
  if (kind === 'SIGSTOP') for (const name of victims) cluster.resume(name);
  else await Promise.all(victims.map((name) => cluster.startProcess(name)));
  const ofRound = load.answered.filter(({ answeredAt }) => answeredAt >= at - BEFORE_MS);
  return {
    gapMs: load.longestGap(at - BEFORE_MS, until),
    slowestMs: Math.max(...ofRound.map(({ askedAt, answeredAt }) => answeredAt - askedAt)),
    failed: ofRound.filter(({ status }) => status !== 200),
    slowestSyncMs: slowestSync,
  };
}

function reportOf(rounds: ReadonlyMap<Kind, readonly Round[]>): BenchReport {
  const all = [...rounds.values()].flat();
  return {
    rows: [...rounds].map(([kind, of]) => {
      const gaps = of.map(({ gapMs }) => gapMs);
      return {
        fault: kind,
        times: of.length,
        'gap p50': ms(percentile(gaps, 0.5)),
        'gap p99': ms(percentile(gaps, 0.99)),
        'gap max': ms(Math.max(...gaps)),
        'slowest request': ms(Math.max(...of.map(({ slowestMs }) => slowestMs))),
        'failed requests': of.reduce((sum, { failed }) => sum + failed.length, 0),
      };
    }),
    notes: [`slowest sync of any replica: ${ms(Math.max(0, ...all.map(({ slowestSyncMs }) => slowestSyncMs)))}`],
  };
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}
