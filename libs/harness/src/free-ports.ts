import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** Default range from which Linux takes the ports of outgoing connections. */
const USUAL_EPHEMERAL = [32768, 60999] as const;
const LOWEST = 10_000;

/**
 * Finds free ports outside the range of outgoing connections. While a replica is down, its peers keep trying to connect, and
 * eventually the system would assign such an attempt the very port that it wants to reach.
 * @param host the address to listen on
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

/** Reports whether a port is free. */
export function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen(port, host, () => server.close(() => resolve(true)));
  });
}
