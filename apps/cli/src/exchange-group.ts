import { ProcessConfig, type ExchangeGroup } from '#service-kit';
import type { System } from './find-system.js';

/** An order replica or a catalog, with the id that it has in the group. */
export type ExchangeAddress = ExchangeGroup['voters'][number];

/** The group that the members of a system form, as the replication library takes it. */
export function exchangeGroupOf({ order, catalog, clusterToken }: System): ExchangeGroup {
  const settings = { orderReplicas: order, catalogReplicas: catalog, clusterToken };
  return Object.assign(new ProcessConfig(), settings).exchangeGroup();
}

/** The order replicas, and then the catalogs. */
export function membersOf({ voters, learners }: ExchangeGroup): readonly ExchangeAddress[] {
  return [...voters, ...learners];
}
