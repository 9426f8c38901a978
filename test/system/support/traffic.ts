import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from './wait-for.js';

/** Longer than any gateway may take, in milliseconds: a request without an answer by then hangs. */
export const HANGS_AFTER_MS = 10_000;

export interface Reply {
  readonly status: number;
  readonly text: string;
  /** `error.reason`, when it is an error. */
  readonly reason: string | undefined;
  /** `X-Cache`, of a lookup. */
  readonly cache: string | undefined;
  readonly elapsedMs: number;
}

/**
 * One request. Rejects when there is no answer. By `fetch`, on purpose: the command line, which is under test, has its client from
 * libs/harness, and tests on the same one would share its faults.
 */
export async function ask(url: string, path: string, init: RequestInit = {}): Promise<Reply> {
  const startedAt = performance.now();
  const signals = [AbortSignal.timeout(HANGS_AFTER_MS), ...(init.signal ? [init.signal] : [])];
  const response = await fetch(url + path, { ...init, signal: AbortSignal.any(signals) });
  const text = await response.text();
  const { error } = JSON.parse(text) as { error?: { reason?: string } };
  return {
    status: response.status,
    text,
    reason: error?.reason,
    cache: response.headers.get('x-cache') ?? undefined,
    elapsedMs: performance.now() - startedAt,
  };
}

export interface Wish {
  readonly key: string;
  readonly name: string;
  readonly type: 'buy' | 'sell';
  readonly quantity: number;
}

export function place(url: string, { key, ...body }: Wish, signal?: AbortSignal): Promise<Reply> {
  return ask(url, '/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });
}

/** The number that a trade was given, from the answer 200 to it. */
export function numberIn({ text }: Reply): number {
  return (JSON.parse(text) as { data: { transaction_number: number } }).data.transaction_number;
}

/** The exact bytes of `GET /orders/:number` for an acknowledged trade. */
export function orderText({ name, type, quantity }: Wish, number: number): string {
  return JSON.stringify({ data: { number, name, type, quantity } });
}

/** Clients that trade until they are stopped, whatever happens to the system, and keep what they were answered. */
export class Traffic {
  readonly acknowledged = new Map<number, Wish>();
  /** Not executed, says the system. */
  readonly refused: Wish[] = [];
  /** Without an answer, or with one that leaves it open. */
  readonly unknown: Wish[] = [];
  /** Answers that should never be given. */
  readonly wrong: string[] = [];
  private isStopped = false;
  private readonly clients: readonly Promise<void>[];

  constructor(
    private readonly url: string,
    private readonly stock: string,
    clients = 4,
  ) {
    this.clients = Array.from({ length: clients }, () => this.trade());
  }

  /** Resolves when `trades` more trades have been acknowledged. */
  async waitForMore(trades: number, limitMs?: number): Promise<void> {
    const goal = this.acknowledged.size + trades;
    await waitFor(`${trades} more trades are acknowledged`, () => this.acknowledged.size >= goal, limitMs);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await Promise.all(this.clients);
  }

  private async trade(): Promise<void> {
    for (let turn = 0; !this.isStopped; turn += 1) {
      const wish: Wish = {
        key: randomUUID(),
        name: this.stock,
        // As many bought as sold, so that it can go on for ever.
        type: turn % 2 === 0 ? 'buy' : 'sell',
        quantity: 1 + (Math.floor(turn / 2) % 10),
      };
      try {
        this.note(wish, await place(this.url, wish));
      } catch {
        this.unknown.push(wish);
        await pause(20);
      }
    }
  }

  private note(wish: Wish, reply: Reply): void {
    if (reply.status === 200) {
      const number = numberIn(reply);
      if (this.acknowledged.has(number)) this.wrong.push(`number ${number} was given twice`);
      this.acknowledged.set(number, wish);
    } else if (reply.status === 503) this.refused.push(wish);
    else if (reply.status === 504) this.unknown.push(wish);
    else this.wrong.push(`${wish.type} ${wish.quantity} ${wish.name} -> ${reply.status} ${reply.text}`);
  }
}
