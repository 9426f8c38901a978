import type { OrderCluster } from '../cluster/support/order-cluster.js';
import { lookup, portOf, trade, type Target } from './requests.js';
import { FEW_STOCKS, MANY_STOCKS } from './stocks.js';

/** Number of requests for each trade. */
const MIXED_PERIOD = 5;

/** Trades of a few stocks, each with a key. */
export function tradesOf(cluster: OrderCluster): Target {
  return { name: 'trade', port: portOf(cluster.url), next: (turn) => trade(FEW_STOCKS, turn) };
}

/** Every load that a cluster with many stocks is put under. Its second gateway has no cache. */
export function targetsOf(cluster: OrderCluster): readonly Target[] {
  const [port = 0, portWithoutCache = 0] = cluster.urls.map(portOf);
  // Goes on from one run to the next: one that began anew would find what the last one has left in the cache.
  let looked = 0;
  return [
    { name: 'lookup-hit', port, next: (turn) => lookup(FEW_STOCKS, turn) },
    { name: 'lookup-miss', port, next: () => lookup(MANY_STOCKS, looked++) },
    { name: 'lookup-no-cache', port: portWithoutCache, next: (turn) => lookup(MANY_STOCKS, turn) },
    tradesOf(cluster),
    { name: 'trade-no-key', port, next: (turn) => trade(FEW_STOCKS, turn, null) },
    {
      name: 'mixed',
      port,
      next: (turn) => (turn % MIXED_PERIOD === 0 ? trade(FEW_STOCKS, turn / MIXED_PERIOD) : lookup(FEW_STOCKS, turn)),
    },
  ];
}

/** Those that `--only` names, with commas between them, or `all`. */
export function chosen(targets: readonly Target[], only: string): readonly Target[] {
  const names = only === 'all' ? targets.map(({ name }) => name) : only.split(',');
  const unknown = names.find((name) => targets.every((target) => target.name !== name));
  if (unknown !== undefined) throw new TypeError(`--only: there is no load ${unknown}`);
  return targets.filter(({ name }) => names.includes(name));
}
