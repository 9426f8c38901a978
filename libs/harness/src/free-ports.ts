import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** Where Linux takes the ports of outgoing connections from, when it does not say. */
const USUAL_EPHEMERAL = [32768, 60999] as const;
const LOWEST = 10_000;

/**
 * Finds ports that nobody uses, none of them one that an outgoing connection could get: while a replica is down its
 * peers keep trying, and one day the system would give such a try the very port that it wants to reach.
 * @param host the address that will listen on them
 */
export async function freePorts(count: number, host = '127.0.0.1'): Promise<readonly number[]> {
  const ports = new Set<number>();
  const [ephemeral] = ephemeralRange();
  const below = Math.max(ephemeral, LOWEST + 1000);
  while (ports.size < count) {
    const port = LOWEST + Math.floor(Math.random() * (below - LOWEST));
    if (!ports.has(port) && (await isFree(port, host))) ports.add(port);
  }
  return [...ports];
}

function ephemeralRange(): readonly [number, number] {
  try {
    const [low = NaN, high = NaN] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')
      .trim()
      .split(/\s+/)
      .map(Number);
    return Number.isNaN(low + high) ? USUAL_EPHEMERAL : [low, high];
  } catch {
    return USUAL_EPHEMERAL;
  }
}

/** Whether nobody listens on a port. */
export function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen(port, host, () => server.close(() => resolve(true)));
  });
}
