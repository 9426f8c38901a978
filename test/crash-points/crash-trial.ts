import type { CrashPoint } from '@stock-bazaar/contracts';
import { faultsInConservation, faultsInHistory } from '../chaos/history-faults.js';
import { describe, type Trail } from '../chaos/traders.js';
import type { Wish } from '../system/support/traffic.js';
import { waitFor } from '../system/support/wait-for.js';
import { isDecided, lookUp, send } from './client.js';
import { CrashingExchange } from './crashing-exchange.js';

/** Who asks again for a trade whose process died. A gateway that lives does so by itself, within the request's deadline. */
export const CLIENTS = {
  'the client repeats with its key': 'repeats',
  'the client does not repeat': 'isSilent',
  'nobody repeats, because the gateway dies as well': 'isCutOff',
} as const;

/** `forgetsItsKey` is what a client must not do: it stands for a defect that has to be found. */
export type Client = (typeof CLIENTS)[keyof typeof CLIENTS] | 'forgetsItsKey';

/** How to come to a point that an ordinary trade on a calm exchange does not pass, or not for certain. */
export const DETOURS: Readonly<Record<CrashPoint, 'refusal' | 'confirmation' | 'orphan' | 'gap' | undefined>> = {
  'catalog: trade refused, not answered': 'refusal',
  'order: trade refused, not answered': 'refusal',
  'order: trade on record, catalog not told': 'confirmation',
  'catalog: told what is on record, not noted': 'confirmation',
  'catalog: noted what is on record, not answered': 'confirmation',
  'order: trade on record, catalog told': 'confirmation',
  'catalog: orphans found, not handed over': 'orphan',
  'order: orphans fetched, not recorded': 'orphan',
  'order: orphans recorded, catalog not told': 'orphan',
  'order: number missing, orphans not asked for': 'gap',
};

/** What becomes of a trade that nobody repeats, where it is not "executed". */
export const FATES: Readonly<Record<CrashPoint, 'not executed' | 'open' | undefined>> = {
  // Nobody is left who knows of it.
  'gateway: trade taken, not sent': 'not executed',
  'order: trade taken, catalog not asked': 'not executed',
  // The order leader asks again, but not for long.
  'catalog: trade taken, not proposed': 'open',
  'catalog: trade refused, not answered': 'not executed',
  'order: trade refused, not answered': 'not executed',
};

const SENT: CrashPoint = 'gateway: trade sent, not answered';
const MAKES_AN_ORPHAN: CrashPoint = 'order: trade executed, not proposed';

const STOCKS = ['Ford', 'Tesla', 'Nike'] as const;
/** Has too few shares for what is asked for. */
const SCARCE = 'Scarce';
const FIRST_STOCKS = [
  { name: SCARCE, price: 1.5, quantity: 10, maxTradingVolume: 0 },
  ...[...STOCKS, 'Amc'].map((name) => ({ name, price: 12.5, quantity: 1000, maxTradingVolume: 0 })),
];
const BEFORE_ALL = FIRST_STOCKS.map(({ name, quantity }) => ({ name, quantity, volume: 0 }));

/** Whether a trade comes to a point may depend on who is faster; within so many it does. */
const TRADES_AT_MOST = 5;
/** The slowest way to a point is the sweep, which comes every second. */
const REACHED_WITHIN_MS = 4000;

/** One trade, and what a lookup must show once it is acknowledged. */
interface Trade {
  readonly trail: Trail;
  readonly levelAfter: number;
}

/** Trades on an exchange whose processes die at every step of them, and a look at what that has broken. */
export class CrashTrial {
  /** Lookups right after an acknowledgement, none of which may be older than it. */
  freshLookups = 0;
  private readonly trails: Trail[] = [];
  private readonly wrong: string[] = [];

  private constructor(readonly exchange: CrashingExchange) {}

  static async start(): Promise<CrashTrial> {
    return new CrashTrial(await CrashingExchange.start(FIRST_STOCKS));
  }

  /** Lets the process that comes to the point die there. Resolves to everything that is wrong once all is up again. */
  async crash(point: CrashPoint, client: Client): Promise<readonly string[]> {
    for (let trades = 1; trades <= TRADES_AT_MOST; trades += 1) {
      const trade = await this.prepare(point);
      const isReached = await this.crashUnder(trade, point, client);
      await this.exchange.rest(trade.trail.wish.name);
      const faults = await this.faults();
      if (isReached && client === 'isCutOff') faults.push(...(await this.faultsInFate(point, trade.trail)));
      if (isReached || faults.length > 0) return faults;
    }
    return [`${TRADES_AT_MOST} trades did not come to "${point}": it needs an entry in DETOURS, or can't be reached`];
  }

  /** Asks again for everything that was not executed, now that it could be: what was refused stays refused. */
  async settle(): Promise<readonly string[]> {
    const supply = this.newTrail({ name: SCARCE, type: 'sell', quantity: 1000 });
    for (const trail of [supply, ...this.trails.filter((one) => !wasExecuted(one))])
      await untilDecided(trail, () => send(this.exchange.url(0), trail));
    await this.exchange.rest(SCARCE);
    return this.faults();
  }

  /** A trade at a moment when nothing else happens. */
  private async prepare(point: CrashPoint): Promise<Trade> {
    const turn = this.trails.length;
    const name = STOCKS[turn % STOCKS.length] ?? SCARCE;
    const trail =
      DETOURS[point] === 'refusal'
        ? this.newTrail({ name: SCARCE, type: 'buy', quantity: 100 })
        : this.newTrail({ name, type: turn % 2 === 0 ? 'buy' : 'sell', quantity: 1 + (turn % 7) });
    await this.exchange.rest(trail.wish.name);
    if (DETOURS[point] === 'confirmation') await this.exchange.waitUntilConfirmed();
    const level = (await this.exchange.levels()).find((stock) => stock.name === trail.wish.name)?.quantity ?? NaN;
    const { type, quantity } = trail.wish;
    return { trail, levelAfter: type === 'buy' ? level - quantity : level + quantity };
  }

  /** Resolves to whether a process came to the point, once the client has done what it does. */
  private async crashUnder(trade: Trade, point: CrashPoint, client: Client): Promise<boolean> {
    const { exchange } = this;
    const isOfGateway = point.startsWith('gateway');
    const deaths = exchange.deaths.length;
    exchange.arm(point);
    if (DETOURS[point] === 'orphan') exchange.arm(MAKES_AN_ORPHAN);
    if (DETOURS[point] === 'gap') await this.leaveOrphan();
    if (client === 'isCutOff' && !isOfGateway) exchange.arm(SENT);
    const placed = this.place(trade, 0);
    const isReached = await isTrueWithin(REACHED_WITHIN_MS, () => exchange.isReached(point));
    if (isReached && client === 'isCutOff' && isOfGateway) await exchange.killOtherGateway(deaths);
    await placed;
    if (client === 'repeats') await this.repeat(trade);
    if (client === 'forgetsItsKey') await this.repeatWithoutKey(trade);
    await exchange.disarm(deaths);
    return isReached;
  }

  /** Until it has an answer that decides it, and then once more; through all gateways in turn. */
  private async repeat(trade: Trade): Promise<void> {
    let turn = 1;
    await untilDecided(trade.trail, () => this.place(trade, turn++));
    await this.place(trade, turn);
  }

  /** The trails are those of what people wanted; what a lost key makes beyond that is in none of them. */
  private async repeatWithoutKey({ trail: { wish } }: Trade): Promise<void> {
    const stray: Trail = { wish: { ...wish, key: `${wish.key}-again` }, attempts: [] };
    await untilDecided(stray, () => send(this.exchange.url(1), stray));
  }

  private async place({ trail, levelAfter }: Trade, turn: number): Promise<void> {
    const { exchange } = this;
    if ((await send(exchange.url(turn), trail)).kind !== 'executed') return;
    for (const [gateway] of exchange.gateways.entries()) {
      const seen = await lookUp(exchange.url(gateway), trail.wish.name);
      if (!seen) continue;
      this.freshLookups += 1;
      if (seen.quantity !== levelAfter)
        this.wrong.push(`after ${describe(trail)} a lookup says ${JSON.stringify(seen)}, not ${levelAfter}`);
    }
  }

  private async leaveOrphan(): Promise<void> {
    // The leader looks for orphans at every second sweep at least, but not when it has just recorded a trade.
    await send(this.exchange.url(0), this.newTrail({ name: 'Amc', type: 'sell', quantity: 1 }));
    const { wish, attempts } = this.newTrail({ name: 'Amc', type: 'buy', quantity: 1 });
    const askedAt = performance.now();
    await this.exchange.executeForNobody(wish);
    attempts.push({ askedAt, answeredAt: performance.now(), outcome: { kind: 'unknown', why: 'nobody waits for it' } });
  }

  private newTrail(wish: Omit<Wish, 'key'>): Trail {
    const trail: Trail = { wish: { key: `trade-${this.trails.length}`, ...wish }, attempts: [] };
    this.trails.push(trail);
    return trail;
  }

  private async faults(): Promise<string[]> {
    const { exchange } = this;
    const [orders, levels] = await Promise.all([exchange.record(), exchange.levels()]);
    return [
      ...this.wrong.splice(0),
      ...exchange.surprises.splice(0),
      ...faultsInHistory(this.trails, orders),
      ...faultsInConservation(orders, BEFORE_ALL, levels),
    ];
  }

  /** Nobody repeats, so what becomes of a trade shows how far it was when the process died. */
  private async faultsInFate(point: CrashPoint, { wish }: Trail): Promise<readonly string[]> {
    const fate = (await this.exchange.record()).some(({ key }) => key === wish.key) ? 'executed' : 'not executed';
    const expected = FATES[point] ?? 'executed';
    return expected === 'open' || expected === fate ? [] : [`${wish.key} was ${fate}`];
  }
}

function wasExecuted({ attempts }: Trail): boolean {
  return attempts.some(({ outcome }) => outcome.kind === 'executed');
}

async function untilDecided(trail: Trail, ask: () => Promise<unknown>): Promise<void> {
  await waitFor(`${describe(trail)} has an answer`, async () => {
    await ask();
    return isDecided(trail);
  });
}

async function isTrueWithin(limitMs: number, isTrue: () => boolean): Promise<boolean> {
  return waitFor('', isTrue, limitMs).then(
    () => true,
    () => false,
  );
}
