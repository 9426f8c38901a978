import type { Failpoint } from '#service-kit';
import { faultsIn } from '../chaos/judge.js';
import { describe, Recorder, type Trail } from '../chaos/recorder.js';
import { stockLevels, tradesAfter } from '../system/support/books.js';
import type { Wish } from '../system/support/traffic.js';
import { waitFor } from '../system/support/wait-for.js';
import { CrashingExchange, type Victim } from './crashing-exchange.js';

/** The client's behaviour after a process died. A live gateway repeats by itself, within the request's deadline. */
export const CLIENTS = {
  'the client repeats with its key': 'repeats',
  'the client does not repeat': 'isSilent',
  'nobody repeats, because the gateway dies as well': 'isCutOff',
} as const;

/** How a client behaves. `forgetsItsKey` is a deliberate defect, which must be detected. */
export type Client = (typeof CLIENTS)[keyof typeof CLIENTS] | 'forgetsItsKey';

/** Failpoints that only a refused trade reaches. */
export const AT_REFUSALS: ReadonlySet<Failpoint> = new Set<Failpoint>(['exchange: refusal applied, not committed']);

/** The processes that reach a failpoint, by the word before the colon. Every member runs the exchange. */
export const VICTIMS: Readonly<Record<string, readonly Victim[]>> = {
  gateway: ['a gateway'],
  order: ['the leader'],
  catalog: ['a catalog'],
  exchange: ['the leader', 'a follower', 'a catalog'],
};

/** The outcome of a trade that nobody repeats, if it is not "executed". */
export const FATES: Readonly<Record<Failpoint, 'not executed' | 'open' | undefined>> = {
  // No other process knows of it.
  'gateway: trade taken, not sent': 'not executed',
  'order: trade taken, not proposed': 'not executed',
  // A follower may have it by then, or not.
  'order: trade proposed, not decided': 'open',
  'exchange: refusal applied, not committed': 'not executed',
};

const SENT: Failpoint = 'gateway: trade sent, not answered';

const STOCKS = ['Ford', 'Tesla', 'Nike'] as const;
/** A stock with too few shares for the trade. */
const SCARCE = 'Scarce';
const FIRST_STOCKS = [
  { name: SCARCE, price: 1.5, quantity: 10, maxTradingVolume: 0 },
  ...STOCKS.map((name) => ({ name, price: 12.5, quantity: 1000, maxTradingVolume: 0 })),
];
const BEFORE_ALL = FIRST_STOCKS.map(({ name, quantity }) => ({ name, quantity, volume: 0 }));

/** Maximum number of trades until one reaches a failpoint that depends on a race. */
const TRADES_AT_MOST = 5;
const REACHED_WITHIN_MS = 4000;

interface Crash {
  readonly point: Failpoint;
  readonly victim: Victim;
  readonly client: Client;
}

/** Trades on an exchange whose processes die at every step of a trade, and checks the guarantees afterwards. */
export class CrashTrial {
  readonly recorder = new Recorder();

  private constructor(readonly exchange: CrashingExchange) {}

  static async start(catalogs: number): Promise<CrashTrial> {
    return new CrashTrial(await CrashingExchange.start(FIRST_STOCKS, catalogs));
  }

  /** Kills the process that reaches the failpoint. Resolves to all violations found once everything is up again. */
  async crash(point: Failpoint, victim: Victim, client: Client): Promise<readonly string[]> {
    for (let trades = 1; trades <= TRADES_AT_MOST; trades += 1) {
      const trail = await this.prepare(point);
      const isReached = await this.crashUnder(trail, { point, victim, client });
      await this.exchange.rest(trail.wish.name);
      const faults = await this.faults();
      if (isReached && client === 'isCutOff') faults.push(...(await this.faultsInFate(point, trail)));
      if (isReached || faults.length > 0) return faults;
    }
    return [
      `none of ${TRADES_AT_MOST} trades brought ${victim} to "${point}": it needs an entry in AT_REFUSALS, or can't be reached`,
    ];
  }

  /** Repeats all trades that were not executed, though now they could be: refused ones must stay refused. */
  async settle(): Promise<readonly string[]> {
    const supply = this.begin({ name: SCARCE, type: 'sell', quantity: 1000 });
    for (const trail of [supply, ...this.recorder.trails.filter((one) => !isSettledAs(one, 'executed'))])
      await untilDecided(trail, () => this.place(trail, 0));
    await this.exchange.rest(SCARCE);
    return this.faults();
  }

  /** Prepares a trade while nothing else happens. */
  private async prepare(point: Failpoint): Promise<Trail> {
    const turn = this.recorder.trails.length;
    const name = STOCKS[turn % STOCKS.length] ?? SCARCE;
    const trail = AT_REFUSALS.has(point)
      ? this.begin({ name: SCARCE, type: 'buy', quantity: 100 })
      : this.begin({ name, type: turn % 2 === 0 ? 'buy' : 'sell', quantity: 1 + (turn % 7) });
    await this.exchange.rest(trail.wish.name);
    return trail;
  }

  /** Resolves to whether a process reached the failpoint, after the client is done. */
  private async crashUnder(trail: Trail, { point, victim, client }: Crash): Promise<boolean> {
    const { exchange } = this;
    const isOfGateway = victim === 'a gateway';
    const deaths = exchange.deaths.length;
    await exchange.arm(point, victim);
    if (client === 'isCutOff' && !isOfGateway) await exchange.arm(SENT, 'a gateway');
    const placed = this.place(trail, 0);
    const isReached = await isTrueWithin(REACHED_WITHIN_MS, () => exchange.isReached(point));
    if (isReached && client === 'isCutOff' && isOfGateway) await exchange.killOtherGateway(deaths);
    await placed;
    if (client === 'repeats') await this.repeat(trail);
    if (client === 'forgetsItsKey') await this.repeatWithoutKey(trail);
    await exchange.disarm(deaths);
    return isReached;
  }

  /** Repeats a trade until an answer decides it, and then once more; through all gateways in turn. */
  private async repeat(trail: Trail): Promise<void> {
    let turn = 1;
    await untilDecided(trail, () => this.place(trail, turn++));
    await this.place(trail, turn);
  }

  /** Repeats a trade under a new key. That trade is not recorded as requested. */
  private async repeatWithoutKey({ wish }: Trail): Promise<void> {
    const stray: Trail = { wish: { ...wish, key: `${wish.key}-again` }, attempts: [] };
    await untilDecided(stray, () => this.recorder.send(this.exchange.url(1), stray));
  }

  /** Places a trade, and expects an acknowledged one to be visible everywhere. */
  private async place(trail: Trail, turn: number): Promise<void> {
    const { urls } = this.exchange;
    await this.recorder.send(this.exchange.url(turn), trail);
    await Promise.all(urls.map((url) => this.recorder.lookup(url, trail.wish.name)));
  }

  private begin(wish: Omit<Wish, 'key'>): Trail {
    return this.recorder.begin({ key: `trade-${this.recorder.trails.length}`, ...wish });
  }

  private async faults(): Promise<string[]> {
    const url = this.exchange.url(0);
    const [orders, after] = await Promise.all([tradesAfter(url, 0), stockLevels(url)]);
    return [
      ...this.exchange.surprises.splice(0),
      ...faultsIn(this.recorder, { before: BEFORE_ALL, after, recordedBefore: 0, orders }),
    ];
  }

  /** Checks the outcome of a trade that nobody repeats, which shows how far it was when the process died. */
  private async faultsInFate(point: Failpoint, { wish }: Trail): Promise<readonly string[]> {
    const orders = await tradesAfter(this.exchange.url(0), 0);
    const fate = orders.some(({ key }) => key === wish.key) ? 'executed' : 'not executed';
    const expected = FATES[point] ?? 'executed';
    return expected === 'open' || expected === fate ? [] : [`${wish.key} was ${fate}`];
  }
}

function isSettledAs({ attempts }: Trail, ...kinds: readonly string[]): boolean {
  return attempts.some(({ outcome }) => kinds.includes(outcome.kind));
}

async function untilDecided(trail: Trail, ask: () => Promise<unknown>): Promise<void> {
  await waitFor(`${describe(trail)} has an answer`, async () => {
    await ask();
    return isSettledAs(trail, 'executed', 'refused');
  });
}

async function isTrueWithin(limitMs: number, isTrue: () => boolean): Promise<boolean> {
  return waitFor('', isTrue, limitMs).then(
    () => true,
    () => false,
  );
}
