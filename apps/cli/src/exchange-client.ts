import { ExchangeClient } from '#exchange';
import { ProcessConfig } from '#service-kit';
import type { System } from './find-system.js';

/** A client of the exchange of a system. */
export function exchangeClientOf({ order, catalog, clusterToken }: System): ExchangeClient {
  const settings = { orderReplicas: order, catalogReplicas: catalog, clusterToken };
  return new ExchangeClient(Object.assign(new ProcessConfig(), settings).exchangeGroup());
}
