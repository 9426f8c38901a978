import { ask, numberIn, place, type Reply, type Wish } from '../system/support/traffic.js';
import type { LookupOperation } from './linearizability.js';

/** The outcome of one request with a key. */
export type Outcome =
  | { readonly kind: 'executed'; readonly number: number }
  /** 404 or 422: decided for ever. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** 429 or 503: certainly not executed. */
  | { readonly kind: 'notExecuted'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly why: string };

/** Times are of the monotonic clock, in milliseconds. */
export interface Attempt {
  readonly askedAt: number;
  readonly answeredAt: number;
  readonly outcome: Outcome;
}

/** Everything that was ever asked for under one key. */
export interface Trail {
  readonly wish: Wish;
  readonly attempts: Attempt[];
}

export interface Lookup extends LookupOperation {
  readonly name: string;
  /** The value of `X-Cache`. */
  readonly cache: string | undefined;
}

/** Asks gateways, and keeps everything that they were asked and said. */
export class Recorder {
  readonly trails: Trail[] = [];
  readonly lookups: Lookup[] = [];
  /** Answers that should never be given. */
  readonly wrong: string[] = [];

  begin(wish: Wish): Trail {
    const trail: Trail = { wish, attempts: [] };
    this.trails.push(trail);
    return trail;
  }

  /** Sends what a trail is about, once more if it was sent before. Never rejects. */
  async send(url: string, trail: Trail): Promise<Outcome> {
    const askedAt = performance.now();
    const outcome = await place(url, trail.wish).then(
      (reply) => this.outcomeOf(trail, reply),
      (error: unknown): Outcome => ({ kind: 'unknown', why: String(error) }),
    );
    trail.attempts.push({ askedAt, answeredAt: performance.now(), outcome });
    return outcome;
  }

  /** Resolves to undefined when there is no answer, or one that says that there can't be any. */
  async lookup(url: string, name: string): Promise<Lookup | undefined> {
    const askedAt = performance.now();
    const reply = await ask(url, `/stocks/${name}`).catch(() => undefined);
    if (reply === undefined || reply.status === 503 || reply.status === 429) return undefined;
    if (reply.status !== 200) {
      this.wrong.push(`lookup of ${name} -> ${reply.status} ${reply.text}`);
      return undefined;
    }
    const { quantity } = (JSON.parse(reply.text) as { data: { quantity: number } }).data;
    const lookup: Lookup = { name, quantity, cache: reply.cache, askedAt, answeredAt: performance.now() };
    this.lookups.push(lookup);
    return lookup;
  }

  private outcomeOf(trail: Trail, reply: Reply): Outcome {
    const { status, text, reason = '' } = reply;
    if (status === 200) return { kind: 'executed', number: numberIn(reply) };
    if (status === 503 || status === 429) return { kind: 'notExecuted', reason };
    if (status === 504) return { kind: 'unknown', why: reason };
    if (reason !== 'NOT_ENOUGH_STOCKS') this.wrong.push(`${describe(trail)} -> ${status} ${text}`);
    return { kind: 'refused', reason };
  }
}

export function describe({ wish: { key, type, quantity, name } }: Trail): string {
  return `${type} ${quantity} ${name} (key ${key})`;
}
