import { setTimeout as pause } from 'node:timers/promises';
import { Random } from '../../libs/replication/testing/simulation/random.js';
import { ask, orderText, place, type Reply, type Wish } from '../system/support/traffic.js';
import { waitFor } from '../system/support/wait-for.js';

/** What one request with a key came to. */
export type Outcome =
  | { readonly kind: 'executed'; readonly number: number }
  /** 404 or 422: decided for ever. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** 429 or 503: certainly not executed. */
  | { readonly kind: 'notExecuted'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly why: string };

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

/** Has few shares, and clients want more of them than there are: if anything is ever sold twice, it shows here. */
export const SCARCE = 'Scarce';
const STOCKS = ['Ford', 'Tesla', 'Amc'] as const;
/** Enough for a limit on the load, so that a run of many rounds stays bounded. */
const LONGEST_PAUSE_MS = 30;
const REPEATS_UNTIL_SETTLED = 20;

/** Clients that trade through a gateway until they are stopped, and keep everything that they asked and were told. */
export class Traders {
  readonly trails: Trail[] = [];
  /** Answers that should never be given. */
  readonly wrong: string[] = [];
  acknowledged = 0;
  private isStopped = false;
  private readonly clients: readonly Promise<void>[];

  constructor(
    private readonly url: string,
    private readonly seed: number,
    clients = 9,
  ) {
    this.clients = Array.from({ length: clients }, (_, client) => this.run(client));
  }

  /** Until so many more trades have been acknowledged. */
  async waitForMore(trades: number): Promise<void> {
    const goal = this.acknowledged + trades;
    await waitFor(`${trades} more trades are acknowledged`, () => this.acknowledged >= goal);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await Promise.all(this.clients);
  }

  /** Repeats every request whose outcome is unknown with its key, which settles it. */
  async settle(): Promise<void> {
    for (const trail of this.trails.filter(isOpen)) {
      for (let repeat = 0; isOpen(trail) && repeat < REPEATS_UNTIL_SETTLED; repeat += 1) await this.send(trail);
      if (isOpen(trail)) this.wrong.push(`${describe(trail)} could not be settled by repeating it`);
    }
  }

  private async run(client: number): Promise<void> {
    const random = new Random(this.seed * 1000 + client);
    const repeats = client % 3 === 0;
    for (let turn = 0; !this.isStopped; turn += 1) {
      const trail: Trail = { wish: drawWish(random, `${this.seed}-${client}-${turn}`), attempts: [] };
      this.trails.push(trail);
      const isAtOnce = random.chance(0.5);
      const first = this.send(trail);
      if (!(repeats && isAtOnce)) await first;
      if (repeats) await Promise.all([first, this.send(trail)]);
      if (random.chance(0.2)) await this.readBack(trail);
      await pause(random.int(0, LONGEST_PAUSE_MS));
    }
  }

  private async send(trail: Trail): Promise<void> {
    const askedAt = performance.now();
    const outcome = await place(this.url, trail.wish).then(
      (reply) => this.outcomeOf(trail, reply),
      (error: unknown): Outcome => ({ kind: 'unknown', why: String(error) }),
    );
    trail.attempts.push({ askedAt, answeredAt: performance.now(), outcome });
    if (outcome.kind === 'executed') this.acknowledged += 1;
  }

  private outcomeOf(trail: Trail, { status, text, reason = '' }: Reply): Outcome {
    if (status === 200) {
      const { data } = JSON.parse(text) as { data: { transaction_number: number } };
      return { kind: 'executed', number: data.transaction_number };
    }
    if (status === 503 || status === 429) return { kind: 'notExecuted', reason };
    if (status === 504) return { kind: 'unknown', why: reason };
    if (reason !== 'NOT_ENOUGH_STOCKS') this.wrong.push(`${describe(trail)} -> ${status} ${text}`);
    return { kind: 'refused', reason };
  }

  /** An order that was acknowledged is there for everybody from then on: "not found" would be a lie. */
  private async readBack({ wish, attempts }: Trail): Promise<void> {
    const outcome = attempts.at(-1)?.outcome;
    if (outcome?.kind !== 'executed') return;
    const reply = await ask(this.url, `/orders/${outcome.number}`).catch(() => undefined);
    if (reply === undefined || reply.status === 503) return;
    if (reply.status !== 200 || reply.text !== orderText(wish, outcome.number))
      this.wrong.push(`order ${outcome.number} was acknowledged, then read as ${reply.status} ${reply.text}`);
  }
}

function drawWish(random: Random, key: string): Wish {
  const name = random.chance(0.25) ? SCARCE : random.pick(STOCKS);
  // More bought than sold of the scarce one, so that it stays close to nothing; the others keep their level.
  const type = random.chance(name === SCARCE ? 0.7 : 0.5) ? 'buy' : 'sell';
  return { key, name, type, quantity: random.int(1, 10) };
}

/** No attempt decided it, and at least one may have. */
function isOpen({ attempts }: Trail): boolean {
  return (
    attempts.some(({ outcome }) => outcome.kind === 'unknown') &&
    !attempts.some(({ outcome }) => outcome.kind === 'executed' || outcome.kind === 'refused')
  );
}

export function describe({ wish: { key, type, quantity, name } }: Trail): string {
  return `${type} ${quantity} ${name} (key ${key})`;
}
