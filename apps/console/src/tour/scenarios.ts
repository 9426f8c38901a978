import type { Process } from '../live';
import type { Stage } from './stage';

/** A short experiment on the demo. */
export interface Scenario {
  readonly title: string;
  /** What to expect, for a reader who knows nothing yet. */
  readonly expect: string;
  /** Page of the design that explains it. */
  readonly design: { readonly href: string; readonly text: string };
  /** Order replicas without which there is nothing to see. */
  readonly replicas: number;
  /** Rejects as soon as something is not as it should be. What it leaves dead or frozen is put back by the tour. */
  readonly play: (stage: Stage) => Promise<void>;
}

const REPLICATION = 'design/replication.html';
const TRADES = 'design/order.html';
const MISSED_TRADES = 10_000;
/** On a small machine that draws this page as well. */
const MISSED_LIMIT_MS = 180_000;

export const SCENARIOS: readonly Scenario[] = [
  {
    title: 'The leader dies under load',
    expect:
      'Trades stop until the others notice, and elect a leader: a fraction of a second. Clients repeat what was not answered, with the same key, ' +
      'so nothing is lost and nothing is traded twice. The old leader comes back as a follower.',
    design: { href: `${REPLICATION}#election`, text: 'Election' },
    replicas: 3,
    play: async (stage) => {
      const { old } = await loseLeader(stage, (name) => stage.kill(name));
      await stage.start(old.process);
      await stage.catchUp(old.process);
    },
  },
  {
    title: 'The leader freezes, and wakes up',
    expect:
      'A frozen leader still believes that it leads when it wakes up. It can’t commit anything, because a majority is in a newer term; ' +
      'it hears of that term and becomes a follower.',
    design: { href: `${REPLICATION}#linearizable-reads`, text: 'Linearizable reads' },
    replicas: 3,
    play: async (stage) => {
      const { old, next } = await loseLeader(stage, (name) => stage.pause(name));
      await stage.resume(old.process);
      await stage.return(old.process, next.term);
      await stage.catchUp(old.process);
    },
  },
  {
    title: 'A follower misses 10 000 trades, and catches up',
    expect:
      'Two of three are a majority, so trading goes on without a pause. When the follower is back, the leader sends it what it has missed.',
    design: { href: `${REPLICATION}#propagation`, text: 'Propagation' },
    replicas: 3,
    play: async (stage) => {
      const leader = await stage.leader();
      const follower = stage.running('order').find((name) => name !== leader.process) ?? '';
      await stage.turnLoad('full');
      await stage.trades(50);
      const showLongest = stage.watchTrades();
      await stage.kill(follower);
      await stage.trades(MISSED_TRADES, MISSED_LIMIT_MS);
      await showLongest();
      await stage.turnLoad('steady');
      await stage.start(follower);
      await stage.catchUp(follower);
    },
  },
  {
    title: 'A gateway dies in the middle of an order',
    expect:
      'The client can’t know whether its order was executed. It sends it again with the same idempotency key, and gets the one answer: ' +
      'the order is executed once, however often it is sent.',
    design: { href: `${TRADES}#a-trade`, text: 'A trade' },
    replicas: 1,
    play: async (stage) => {
      const leader = await stage.leader();
      const gateway = stage.running('frontend')[0] ?? '';
      const order = stage.newOrder();
      // A frozen leader keeps the order under way for long enough.
      await stage.pause(leader.process);
      const first = stage.order('Send an order, and wait for its answer', order, () => true);
      await stage.wait(100);
      await stage.kill(gateway);
      await first;
      await stage.resume(leader.process);
      await stage.start(gateway);
      await stage.ready();
      const second = await stage.order('Send it again', order, ({ number }) => number !== undefined);
      await stage.order('Send it a third time', order, ({ number, isRepeat }) => isRepeat && number === second.number);
    },
  },
  {
    title: 'A catalog freezes, and no lookup is stale',
    expect:
      'Catalogs answer lookups, and gateways cache them. The first trade after the freeze waits until the catalog’s lease has ended: at most half a second. ' +
      'After it no gateway answers with the old quantity, unless it says that this may be old (X-Cache: STALE).',
    design: { href: `${TRADES}#a-lookup`, text: 'A lookup' },
    replicas: 1,
    play: async (stage) => {
      const before = await stage.lookUp('Look up a stock', ({ quantity }) => quantity !== undefined);
      const order = stage.newOrder();
      const catalogs = stage.running('catalog');
      for (const catalog of catalogs) await stage.pause(catalog);
      await stage.order('Buy one share of it', order, ({ number }) => number !== undefined);
      const isFresh = (quantity: number | undefined): boolean => quantity === (before.quantity ?? 0) - 1;
      await stage.lookUp('Look it up again', ({ quantity, cache }) => cache === 'STALE' || isFresh(quantity));
      for (const catalog of catalogs) await stage.resume(catalog);
      await stage.ready();
      await stage.lookUp('Look it up once more', ({ quantity, cache }) => cache !== 'STALE' && isFresh(quantity));
    },
  },
  {
    title: 'The majority is lost',
    expect:
      'One of three can’t know what the other two have agreed on. So it refuses orders, and says that they were certainly not executed. ' +
      'Lookups still get an answer. When the others are back, the same order with the same key is executed once.',
    design: { href: `${REPLICATION}#invariants`, text: 'Invariants' },
    replicas: 3,
    play: async (stage) => {
      const leader = await stage.leader();
      const followers = stage.running('order').filter((name) => name !== leader.process);
      // Half of the followers, and then the leader: whoever is left is no majority, and can't elect another one in between.
      const dying = [...followers.slice(0, Math.floor(followers.length / 2)), leader.process];
      const order = stage.newOrder();
      for (const name of dying) await stage.kill(name);
      await stage.order('Send an order', order, ({ status, executed }) => status === 503 && executed === 'no');
      await stage.lookUp('Look up a stock', ({ quantity }) => quantity !== undefined);
      for (const name of dying) await stage.start(name);
      await stage.ready();
      const done = await stage.order('Send it again', order, ({ number }) => number !== undefined);
      await stage.order('And once more', order, ({ number, isRepeat }) => isRepeat && number === done.number);
    },
  },
];

/** Under load, until another one leads and trades flow again. */
async function loseLeader(
  stage: Stage,
  fault: (name: string) => Promise<void>,
): Promise<{ readonly old: Process; readonly next: Process }> {
  await stage.turnLoad('steady');
  await stage.trades(50);
  const old = await stage.leader();
  const showLongest = stage.watchTrades();
  await fault(old.process);
  const next = await stage.leaderInsteadOf(old);
  await stage.trades(50);
  await showLongest();
  return { old, next };
}
