import { OrderCluster } from '../cluster/support/order-cluster.js';
import { waitFor } from '../system/support/wait-for.js';

/** Leadership moves to the highest id soon after the start; whatever is measured before would be disturbed by it. */
export async function settle(cluster: OrderCluster): Promise<void> {
  const highest = Math.max(...OrderCluster.ids);
  await waitFor('the highest id leads', async () => (await cluster.leader()) === highest);
}
