import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { OrderCluster } from '../cluster/support/order-cluster.js';
import { secondsInMs, wholeNumber, wholeNumbers, type Bench, type BenchReport } from './bench.js';
import { closedLoop, round, speedOf, warmUp, type LoopResult } from './closed-loop.js';
import { chosen, targetsOf } from './load-targets.js';
import { median } from './report.js';
import type { Target } from './requests.js';
import { settle } from './settle.js';
import { during, rolesOf, total } from './usage.js';

interface Build {
  readonly name: 'other' | 'this';
  readonly cluster: OrderCluster;
  readonly target: Target;
}

/** One figure of each round, by name. Every process has its processor time, in µs for each request. */
type Figures = Readonly<Record<string, number>>;

/**
 * Measures a change: both builds stand side by side and are loaded in turn, a second each, so that what the machine does
 * meanwhile hits both. Only the ratios are of use: each is that of one round, and their median counts.
 */
export const versus: Bench = {
  name: 'versus',
  about: 'another build and this one, in turn: speed and processor time, and their ratios',
  options: {
    other: { default: '', about: 'FOLDER   dist/apps of the other build, as `npm run build` left it there; needed' },
    only: { default: 'trade', about: 'one of lookup-hit, trade, trade-no-key, mixed' },
    connections: { default: '1,8,32,128', about: 'each with one request at a time' },
    seconds: { default: '1', about: 'for each, in each round' },
    rounds: { default: '9', about: 'of both' },
  },
  run: async (options, progress) => {
    const [ms, rounds] = [secondsInMs(options, 'seconds'), wholeNumber(options, 'rounds', 1)];
    const steps = wholeNumbers(options, 'connections', 512);
    const other = folderOf(options['other'] ?? '');
    const clusters: OrderCluster[] = [];
    const start = async (name: Build['name'], apps?: string): Promise<Build> => {
      const cluster = await OrderCluster.start(apps === undefined ? {} : { apps });
      clusters.push(cluster);
      const [target, ...others] = chosen(targetsOf(cluster), options['only'] ?? '');
      if (!target || others.length > 0) throw new TypeError('--only: one load');
      return { name, cluster, target };
    };
    try {
      const builds = [await start('other', other), await start('this')];
      for (const { cluster, target } of builds) {
        await settle(cluster);
        await warmUp(target, 5 * ms);
      }
      const rows: BenchReport['rows'][number][] = [];
      for (const connections of steps) {
        const seen = new Map(builds.map((build) => [build, [] as Figures[]]));
        for (let turn = 0; turn < rounds; turn += 1) {
          for (const build of turn % 2 === 0 ? builds : builds.toReversed())
            seen.get(build)?.push(await measure(build, connections, ms));
        }
        const [base = []] = seen.values();
        for (const [{ name }, figures] of seen) rows.push({ build: name, connections, ...compared(figures, base) });
        progress(`${connections} connections are done`);
      }
      return { rows, notes: [`medians of ${rounds} rounds; "x" is the median of the ratios to the line of the other`] };
    } finally {
      for (const cluster of clusters) await cluster.close();
    }
  },
};

function folderOf(other: string): string {
  if (other === '') throw new TypeError('--other: with which build is this one compared?');
  const folder = resolve(other);
  if (!existsSync(join(folder, 'order'))) throw new TypeError(`--other: there is no built app in ${folder}`);
  return folder;
}

async function measure({ cluster, target }: Build, connections: number, ms: number): Promise<Figures> {
  let result!: LoopResult;
  const span = await during(cluster, async () => (result = await closedLoop(target, connections, ms)));
  const micros = (names: readonly string[]): number =>
    (total(span, names, 'processorMs') * 1000) / names.length / result.times.length;
  const each = Object.entries(await rolesOf(cluster));
  const speed = speedOf(result);
  return {
    'per s': speed['per s'] ?? 0,
    'p50 ms': speed['p50 ms'] ?? 0,
    'p99 ms': speed['p99 ms'] ?? 0,
    'all µs': micros([...span.usage.keys()]) * span.usage.size,
    ...Object.fromEntries(each.map(([role, names]) => [`${role} µs`, micros(names)])),
    failed: speed['failed'] ?? 0,
  };
}

function compared(seen: readonly Figures[], base: readonly Figures[]): Figures {
  const names = Object.keys(seen[0] ?? {});
  return Object.fromEntries(
    names.flatMap((name) => {
      const value: [string, number] = [name, round(median(seen.map((figures) => figures[name] ?? 0)))];
      const ratios = seen.map((figures, i) => (figures[name] ?? 0) / (base[i]?.[name] ?? 0));
      return name === 'failed' ? [value] : [value, [`x ${name}`, round(median(ratios))] as [string, number]];
    }),
  );
}
