import { join } from 'node:path';
import type { AppName } from '#harness';
import { addressOf, type Member } from '#service-kit';

/** Order replicas when --replicas is not given. */
export const DEFAULT_ORDER_REPLICAS = 3;

const LOOPBACK = '127.0.0.1';

/** One process of the demo. */
export interface ProcessSpec {
  /** `order-3`: what people call it. */
  readonly name: string;
  readonly app: AppName;
  readonly id: number;
  readonly host: string;
  readonly port: number;
  /** The settings that make it this process. */
  readonly env: Readonly<Record<string, string>>;
}

export interface TopologyPorts {
  readonly order: readonly number[];
  readonly catalog: readonly number[];
  readonly frontend: readonly number[];
}

export interface Topology {
  readonly processes: readonly ProcessSpec[];
  readonly order: readonly Member[];
  readonly catalog: readonly Member[];
  /** Address of the first gateway. */
  readonly url: string;
}

/** The ports that are used unless told otherwise: those of the default configuration. */
export function defaultPorts(counts: Record<AppName, number>, httpPort: number): TopologyPorts {
  const from = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first + i);
  return {
    order: from(7101, counts.order),
    catalog: from(7001, counts.catalog),
    frontend: from(httpPort, counts.frontend),
  };
}

/** Which processes there are, at which addresses and with which settings. In the order in which to start them. */
export function createTopology(ports: TopologyPorts, httpHost: string, dataDir: string): Topology {
  const order = membersAt(ports.order);
  const catalog = membersAt(ports.catalog);
  const lists = { ORDER_REPLICAS: listOf(order), CATALOG_REPLICAS: listOf(catalog) };
  const memberOf =
    (app: 'catalog' | 'order') =>
    ({ id, host, port }: Member): ProcessSpec => ({
      name: `${app}-${id}`,
      app,
      id,
      host,
      port,
      env: { ...lists, REPLICA_ID: String(id), BIND_HOST: host, DATA_DIR: join(dataDir, `${app}-${id}`) },
    });
  const frontends = ports.frontend.map((port, i) => ({
    name: `frontend-${i + 1}`,
    app: 'frontend' as const,
    id: i + 1,
    host: httpHost,
    port,
    env: { ...lists, HOST: httpHost, PORT: String(port) },
  }));
  return {
    processes: [...order.map(memberOf('order')), ...catalog.map(memberOf('catalog')), ...frontends],
    order,
    catalog,
    url: urlOf(httpHost, ports.frontend[0] ?? 0),
  };
}

/** Where a gateway is reached from this machine. */
export function urlOf(host: string, port: number): string {
  const isWildcard = host === '0.0.0.0' || host === '::';
  return `http://${addressOf({ host: isWildcard ? LOOPBACK : host, port })}`;
}

function membersAt(ports: readonly number[]): readonly Member[] {
  return ports.map((port, i) => ({ id: i + 1, host: LOOPBACK, port }));
}

/** The value of `ORDER_REPLICAS` and its like. */
export function listOf(members: readonly Member[]): string {
  return members.map((member) => `${member.id}=${addressOf(member)}`).join(',');
}
