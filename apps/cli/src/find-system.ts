import type { Member } from '#service-kit';
import { DEFAULT_MEMBERS, SETTINGS } from './cli.config.js';
import { DEFAULT_PORT } from './commands/arguments.js';
import { findDemo, noDemo } from './demo/control-client.js';

/** Where the members of a system are. */
export interface System {
  readonly order: readonly Member[];
  readonly catalog: readonly Member[];
  readonly clusterToken: string | undefined;
}

/** Shown by each command that asks the members themselves. */
export const ADDRESSES_HELP =
  '\nAddresses: ORDER_REPLICAS and CATALOG_REPLICAS, otherwise the running demo, otherwise the defaults.';

/** The system that a command means: the configured one, otherwise the demo with this gateway port, otherwise the default addresses. */
export async function findSystem(port: number): Promise<System> {
  const demo = isConfigured() ? undefined : await findDemo(port);
  // Whoever named a port means that demo, and would take another system for it.
  if (demo === undefined && !isConfigured() && port !== DEFAULT_PORT) throw await noDemo(port);
  return {
    order: demo?.orderReplicas ?? SETTINGS.orderReplicas ?? DEFAULT_MEMBERS.orderReplicas,
    catalog: demo?.catalogReplicas ?? SETTINGS.catalogReplicas ?? DEFAULT_MEMBERS.catalogReplicas,
    clusterToken: SETTINGS.clusterToken,
  };
}

/** Whether the settings say which system is meant; a demo on this machine is not, then. */
export function isConfigured(): boolean {
  return SETTINGS.orderReplicas !== undefined || SETTINGS.catalogReplicas !== undefined;
}
