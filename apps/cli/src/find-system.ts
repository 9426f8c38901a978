import { loadConfig, ProcessConfig, type Member } from '@stock-bazaar/contracts';
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
  '\nAddresses: ORDER_REPLICAS and CATALOG_REPLICAS, else the running demo, else the defaults.';

/** The system that a command means: the configured one, else the demo with this gateway port, else the default addresses. */
export async function findSystem(port: number): Promise<System> {
  const { orderReplicas, catalogReplicas, clusterToken } = loadConfig(ProcessConfig);
  const demo = isConfigured() ? undefined : await findDemo(port);
  // Whoever named a port means that demo, and would take another system for it.
  if (demo === undefined && !isConfigured() && port !== DEFAULT_PORT) throw await noDemo(port);
  return {
    order: demo?.orderReplicas ?? orderReplicas,
    catalog: demo?.catalogReplicas ?? catalogReplicas,
    clusterToken,
  };
}

/** Whether the environment says which system is meant; a demo on this machine is not, then. */
export function isConfigured(): boolean {
  return process.env['ORDER_REPLICAS'] !== undefined || process.env['CATALOG_REPLICAS'] !== undefined;
}
