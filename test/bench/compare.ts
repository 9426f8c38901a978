import type { BenchReport } from './bench.js';
import { closedLoop, round, speedOf, warmUp } from './closed-loop.js';
import { median } from './report.js';
import type { Target } from './requests.js';
import { ETCD } from './rivals/etcd.js';
import { Rivals } from './rivals/rivals.js';

type Speed = ReturnType<typeof speedOf>;

/** Our loads and the others' in turn, several times over, so that what the machine does meanwhile hits all of them. */
export async function compareWithRivals(
  ours: readonly Target[],
  steps: readonly number[],
  ms: number,
  rounds: number,
  progress: (line: string) => void,
): Promise<BenchReport> {
  const rivals = await Rivals.start();
  try {
    const targets = [...rivals.targets, ...ours];
    for (const rival of rivals.targets) await warmUp(rival, ms);
    const rows: BenchReport['rows'][number][] = [];
    for (const connections of steps) {
      const speeds = new Map(targets.map((target) => [target, [] as Speed[]]));
      for (let round = 1; round <= rounds; round += 1) {
        progress(`${connections} connections, round ${round} of ${rounds} …`);
        for (const [target, seen] of speeds) seen.push(speedOf(await closedLoop(target, connections, ms)));
      }
      rows.push(...compared(speeds, rivals.targets, connections));
    }
    const about = `the median of ${rounds} rounds; "x" is how many times as much per second, for p50 how many times as long`;
    return { rows, notes: [about, ...rivals.notes] };
  } finally {
    await rivals.close();
  }
}

function compared(
  speeds: ReadonlyMap<Target, readonly Speed[]>,
  rivals: readonly Target[],
  connections: number,
): BenchReport['rows'] {
  const of = (target: Target, column: string): number =>
    median((speeds.get(target) ?? []).map((speed) => speed[column] ?? 0));
  const columns = Object.keys([...speeds.values()][0]?.[0] ?? {});
  return [...speeds.keys()].map((target) => {
    const ratio = (rival: Target, column: string): number => round(of(target, column) / of(rival, column));
    const ratios = rivals.map((rival) => [`x ${rival.name}`, ratio(rival, 'per s')]);
    const waits = rivals.filter(({ name }) => name === ETCD).map((rival) => [`p50 x ${ETCD}`, ratio(rival, 'p50 ms')]);
    const values = columns.map((column) => [column, of(target, column)]);
    return {
      load: target.name,
      connections,
      ...Object.fromEntries([...values, ...ratios, ...waits]),
    } as BenchReport['rows'][number];
  });
}
