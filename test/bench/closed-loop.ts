import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { percentile } from '#harness';
import { HANGS_AFTER_MS } from '../system/support/traffic.js';
import type { Target } from './requests.js';

/** By then the just-in-time compiler has seen most of what a request takes: after 3 s a lone trade took a fifth longer. */
const WARM_UP_MS = 10_000;
const WARM_UP_CONNECTIONS = 128;

/** The result of a load. */
export interface LoopResult {
  /** How long each request took that was answered with 200, in milliseconds. */
  readonly times: readonly number[];
  /** Answers whose `X-Cache` says HIT. */
  readonly hits: number;
  /** How many answers there were of each kind but success. */
  readonly failures: Readonly<Record<string, number>>;
  readonly ms: number;
  /** How much of one processor the load itself has used. Near 1 it measures itself. */
  readonly clientLoad: number;
}

/**
 * Runs a load of connections, each of which asks again as soon as it is answered. Raw sockets, because an HTTP client costs
 * several times what the fastest of the servers does, on the same processors.
 */
export function closedLoop(target: Target, connections: number, ms: number): Promise<LoopResult> {
  return run(new Load(target), connections, ms);
}

/**
 * Runs a load at a rate, for which there have to be enough connections: one that is answered late asks its next question late,
 * and fewer of them altogether.
 */
export function pacedLoad(target: Target, connections: number, perSecond: number, ms: number): Promise<LoopResult> {
  return run(new Load(target, (connections / perSecond) * 1000), connections, ms);
}

async function run(load: Load, connections: number, ms: number): Promise<LoopResult> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(load.target.port)));
  // A server takes one new connection in each turn of its event loop: under an overload the last of them would wait for many seconds.
  if (load.periodMs > 0) await Promise.all(sockets.map((socket, i) => load.askOnce(socket, i)));
  const [startedAt, cpuBefore] = [performance.now(), process.cpuUsage()];
  load.until = startedAt + ms;
  try {
    await Promise.all(sockets.map((socket, i) => load.run(socket, startedAt + (i / connections) * load.periodMs)));
    const elapsedMs = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(cpuBefore);
    const failures = Object.fromEntries(load.failures);
    const clientLoad = (user + system) / 1000 / elapsedMs;
    return { times: load.times, hits: load.hits, failures, ms: elapsedMs, clientLoad };
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

/** A load before those that are measured, which take `ms` each. */
export async function warmUp(target: Target, ms: number): Promise<void> {
  await closedLoop(target, WARM_UP_CONNECTIONS, Math.min(2 * ms, WARM_UP_MS));
}

/** Columns for a table. */
export function speedOf({ times, hits, failures, ms }: LoopResult): Readonly<Record<string, number>> {
  return {
    'per s': Math.round((times.length * 1000) / ms),
    'p50 ms': round(percentile(times, 0.5)),
    'p90 ms': round(percentile(times, 0.9)),
    'p99 ms': round(percentile(times, 0.99)),
    'max ms': round(percentile(times, 1)),
    'hits %': round((hits * 100) / Math.max(1, times.length)),
    failed: Object.values(failures).reduce((sum, count) => sum + count, 0),
  };
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

class Load {
  readonly times: number[] = [];
  hits = 0;
  readonly failures = new Map<string, number>();
  until = Infinity;
  private turn = 0;

  /** @param periodMs between the requests of one connection; 0: each follows upon the answer to the one before */
  constructor(
    readonly target: Target,
    readonly periodMs = 0,
  ) {}

  async askOnce(socket: Socket, turn: number): Promise<void> {
    socket.write(this.target.next(turn));
    await once(socket, 'data');
  }

  /** Rejects when the connection ends before the time is up: then a figure would say nothing. */
  run(socket: Socket, firstAt: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let askedAt = firstAt - this.periodMs;
      const ask = (): void => {
        const now = performance.now();
        askedAt = Math.max(now, askedAt + this.periodMs);
        if (askedAt >= this.until) resolve();
        else if (askedAt <= now) send();
        else setTimeout(send, askedAt - now);
      };
      const send = (): void => void socket.write(this.target.next(this.turn++));
      const end = (error?: Error): void =>
        reject(new Error(`${this.target.name}: ${error?.message ?? 'connection closed'}`));
      let received = '';
      socket.on('data', (chunk: string) => {
        received += chunk;
        if (!isWhole(received)) return;
        this.note(received, performance.now() - askedAt);
        received = '';
        ask();
      });
      socket.once('error', end).once('close', () => end());
      socket.setTimeout(HANGS_AFTER_MS, () => socket.destroy(new Error(`no answer in ${HANGS_AFTER_MS} ms`)));
      ask();
    });
  }

  private note(answer: string, elapsedMs: number): void {
    // `HTTP/1.1 200 OK`
    const status = answer.slice(9, 12);
    if (/\r\nx-cache: hit\r\n/i.test(answer)) this.hits += 1;
    if (status === '200') this.times.push(elapsedMs);
    else {
      const kind = `${status} ${/"reason":"(\w+)"/.exec(answer)?.[1] ?? ''}`.trim();
      this.failures.set(kind, (this.failures.get(kind) ?? 0) + 1);
    }
  }
}

/** One request is under way at a time, so what has come is one answer, or the beginning of one. */
function isWhole(received: string): boolean {
  const bodyAt = received.indexOf('\r\n\r\n') + 4;
  if (bodyAt < 4) return false;
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(received)?.[1];
  if (length === undefined) throw new Error(`an answer without a length: ${received.slice(0, 300)}`);
  return received.length >= bodyAt + Number(length);
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true }).setEncoding('latin1');
  await once(socket, 'connect');
  return socket;
}
