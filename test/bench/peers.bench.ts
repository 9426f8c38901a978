import { OrderCluster } from '../cluster/support/order-cluster.js';
import { secondsInMs, wholeNumber, wholeNumbers, type Bench, type BenchReport } from './bench.js';
import { closedLoop, round, speedOf, warmUp } from './closed-loop.js';
import { isAnyPeerInstalled, missingPeers, Peers, tradesAt } from './peers/peers.js';
import { median } from './report.js';
import { portOf, type Target } from './requests.js';
import { settle } from './settle.js';

type Speed = ReturnType<typeof speedOf>;

/**
 * Trades of this system beside those of its peers, loaded in turn. The machine changes from minute to minute, so each ratio
 * is that of one round, and their median counts.
 *
 * The load comes from this project's own closed loop and not from wrk. It competes with the system for the processors, but
 * at 17 µs per request, where wrk with a script needs 14 and a trade several hundred. It sends a key with each trade, counts
 * refusals, and needs no installation. With one connection it adds some 70 µs more to each request than wrk, to ours and
 * the peers' alike, so a p50 ratio above 1 comes out a few percent too low there.
 */
export const peers: Bench = {
  name: 'peers',
  about: 'trades, in turn with PostgreSQL (numbers without gaps: pg, with gaps: pgseq) and with puts of etcd',
  options: {
    connections: { default: '1,8,32,128', about: 'each with one request at a time' },
    rounds: { default: '3', about: 'of each number of connections; the median counts' },
    seconds: { default: '3', about: 'for each system, in each round' },
  },
  run: async (options, progress) => {
    const steps = wholeNumbers(options, 'connections', 512);
    const ms = secondsInMs(options, 'seconds');
    const rounds = wholeNumber(options, 'rounds', 1);
    for (const line of missingPeers()) progress(line);
    if (!isAnyPeerInstalled()) throw new Error('no peer is installed to compare with');
    const cluster = await OrderCluster.start();
    try {
      await settle(cluster);
      const others = await Peers.start();
      try {
        const targets = [tradesAt('ours', portOf(cluster.url)), ...others.targets];
        return await inTurn(targets, steps, rounds, ms, progress);
      } finally {
        await others.close();
      }
    } finally {
      await cluster.close();
    }
  },
};

/** @param targets ours first */
async function inTurn(
  targets: readonly Target[],
  steps: readonly number[],
  rounds: number,
  ms: number,
  progress: (line: string) => void,
): Promise<BenchReport> {
  for (const target of targets) {
    progress(`warming up ${target.name} …`);
    await warmUp(target, ms);
  }
  const rows: BenchReport['rows'][number][] = [];
  for (const connections of steps) {
    const seen = new Map(targets.map((target) => [target, [] as Speed[]]));
    for (let turn = 1; turn <= rounds; turn += 1) {
      progress(`${connections} connections, round ${turn} of ${rounds} …`);
      for (const [target, speeds] of seen) speeds.push(speedOf(await closedLoop(target, connections, ms)));
    }
    const [ours = []] = seen.values();
    for (const [{ name }, theirs] of seen) rows.push({ connections, system: name, ...compared(ours, theirs) });
  }
  return { rows, notes: [`medians of ${rounds} rounds; a ratio is that of one round`] };
}

function compared(ours: readonly Speed[], theirs: readonly Speed[]): Readonly<Record<string, number>> {
  const middle = (column: string): number => median(theirs.map((speed) => speed[column] ?? 0));
  const ratio = (column: string): number =>
    round(median(ours.map((speed, i) => (speed[column] ?? 0) / (theirs[i]?.[column] ?? 0))));
  return {
    'per s': middle('per s'),
    'p50 ms': middle('p50 ms'),
    'ours/peer': ratio('per s'),
    'our p50/peer p50': ratio('p50 ms'),
    failed: theirs.reduce((sum, speed) => sum + (speed['failed'] ?? 0), 0),
  };
}
