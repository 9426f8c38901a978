import { setTimeout as pause } from 'node:timers/promises';
import { Random } from '../../libs/replication/testing/simulation/random.js';
import { ask, orderText, type Wish } from '../system/support/traffic.js';
import { waitFor } from '../system/support/wait-for.js';
import { describe, Recorder, type Trail } from './recorder.js';

/** Has few shares, and clients want more of them than there are: if anything is ever sold twice, it shows here. */
export const SCARCE = 'Scarce';
/** By how much of the load is about them. The last is traded seldom, so that it stays in caches for long. */
const STOCKS = [SCARCE, SCARCE, SCARCE, 'Ford', 'Ford', 'Ford', 'Ford', 'Tesla', 'Tesla', 'Amc'] as const;
/** Enough for a limit on the load, so that a run of many rounds stays bounded. */
const LONGEST_PAUSE_MS = 30;
const REPEATS_UNTIL_SETTLED = 20;

/** Clients that look up and trade through all gateways until they are stopped, and keep what they asked and were told. */
export class Traders {
  readonly recorder = new Recorder();
  acknowledged = 0;
  private isStopped = false;
  private readonly clients: readonly Promise<void>[];

  /** @param prefix of all keys: no two runs may share one */
  constructor(
    private readonly urls: readonly string[],
    private readonly prefix: string,
    seed: number,
    { traders = 9, readers = 4 } = {},
  ) {
    this.clients = [
      ...Array.from({ length: traders }, (_, client) => this.trade(client, new Random(seed * 1000 + client))),
      ...Array.from({ length: readers }, (_, client) => this.read(client, new Random(seed * 1000 + traders + client))),
    ];
  }

  /** Resolves when `trades` more trades have been acknowledged. */
  async waitForMore(trades: number, limitMs: number): Promise<void> {
    const goal = this.acknowledged + trades;
    await waitFor(`${trades} more trades are acknowledged`, () => this.acknowledged >= goal, limitMs);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await Promise.all(this.clients);
  }

  /** Repeats every request whose outcome is unknown with its key, which settles it. */
  async settle(): Promise<void> {
    for (const trail of this.recorder.trails.filter(isOpen)) {
      for (let repeat = 0; isOpen(trail) && repeat < REPEATS_UNTIL_SETTLED; repeat += 1) await this.send(trail, repeat);
      if (isOpen(trail)) this.recorder.wrong.push(`${describe(trail)} could not be settled by repeating it`);
    }
  }

  /** Every third client sends everything twice, at once or one after the other, and the second time through any gateway. */
  private async trade(client: number, random: Random): Promise<void> {
    const repeats = client % 3 === 0;
    for (let turn = 0; !this.isStopped; turn += 1) {
      const trail = this.recorder.begin(drawWish(random, `${this.prefix}-${client}-${turn}`));
      const isAtOnce = random.chance(0.5);
      const first = this.send(trail, client);
      if (!(repeats && isAtOnce)) await first;
      if (repeats) await Promise.all([first, this.send(trail, this.anyGateway(random))]);
      // Whoever was told of a trade must find it everywhere.
      if (random.chance(0.5)) await this.recorder.lookup(this.url(this.anyGateway(random)), trail.wish.name);
      if (random.chance(0.2)) await this.readBack(trail, this.anyGateway(random));
      await pause(random.int(0, LONGEST_PAUSE_MS));
    }
  }

  private async read(client: number, random: Random): Promise<void> {
    while (!this.isStopped) {
      await this.recorder.lookup(this.url(client), random.pick(STOCKS));
      await pause(random.int(0, LONGEST_PAUSE_MS));
    }
  }

  private async send(trail: Trail, gateway: number): Promise<void> {
    const outcome = await this.recorder.send(this.url(gateway), trail);
    if (outcome.kind === 'executed') this.acknowledged += 1;
  }

  /** An order that was acknowledged is there for everybody from then on: "not found" would be a lie. */
  private async readBack({ wish, attempts }: Trail, gateway: number): Promise<void> {
    const outcome = attempts.at(-1)?.outcome;
    if (outcome?.kind !== 'executed') return;
    const reply = await ask(this.url(gateway), `/orders/${outcome.number}`).catch(() => undefined);
    if (reply === undefined || reply.status === 503) return;
    if (reply.status !== 200 || reply.text !== orderText(wish, outcome.number))
      this.recorder.wrong.push(`order ${outcome.number} was acknowledged, then read as ${reply.status} ${reply.text}`);
  }

  private anyGateway(random: Random): number {
    return random.int(0, this.urls.length - 1);
  }

  private url(gateway: number): string {
    return this.urls[gateway % this.urls.length] ?? '';
  }
}

function drawWish(random: Random, key: string): Wish {
  const name = random.pick(STOCKS);
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
