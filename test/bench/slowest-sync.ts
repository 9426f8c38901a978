import type { OrderCluster } from '../cluster/support/order-cluster.js';

/** The longest that a write with a sync took on any order replica since it started, in milliseconds. */
export async function slowestSyncMs(cluster: OrderCluster): Promise<number> {
  return Math.round(Math.max(...(await cluster.statuses()).map((status) => status?.slowestSyncMs ?? 0)));
}
