import { MAX_STOCK_QUANTITY, type FirstStock } from '#contracts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OpenExchange, type MakeExchange } from '../test/open-exchange.js';
import { ReferenceExchange } from '../test/reference-exchange.js';
import { Exchange } from './exchange.js';
import type { ExchangeCommand, Trade, TradeOutcome } from './exchange.command.js';

const REFUSALS_KEPT = 3;
const KEYS = 12;
const STOCKS: readonly FirstStock[] = [
  { name: 'Ford', priceCents: 1193, quantity: 12, maxTradingVolume: 0 },
  { name: 'Capped', priceCents: 3025, quantity: 100, maxTradingVolume: 6 },
  { name: 'Brimful', priceCents: 1, quantity: MAX_STOCK_QUANTITY, maxTradingVolume: 0 },
];
const OTHER_STOCKS: readonly FirstStock[] = [{ name: 'Ford', priceCents: 1, quantity: 9, maxTradingVolume: 1 }];

type Step = ExchangeCommand | 'restart' | 'rebuild';

const content = fc.record({
  name: fc.constantFrom('Ford', 'Ford', 'Ford', 'Capped', 'Brimful', 'Nowhere'),
  type: fc.constantFrom('buy' as const, 'sell' as const),
  quantity: fc.constantFrom(1, 5, 6, 7, 12),
});

/** Each key has a trade of its own, and occasionally comes with another one. Clocks jump back and forth. */
const steps: fc.Arbitrary<readonly Step[]> = fc
  .array(content, { minLength: KEYS, maxLength: KEYS })
  .chain((contents) => {
    const asked = fc
      .tuple(fc.nat(KEYS - 1), fc.option(content, { freq: 6 }), fc.nat(1000))
      .map(([key, other, executedAt]): Step => {
        const own = contents[key] ?? { name: 'Nowhere', type: 'buy', quantity: 1 };
        return { command: 'trade', key: `k${key}`, ...(other ?? own), executedAt };
      });
    const added = fc.constantFrom(STOCKS, OTHER_STOCKS).map((stocks): Step => ({ command: 'addFirstStocks', stocks }));
    return fc.tuple(
      fc.array(asked, { maxLength: 2 }),
      fc.array(
        fc.oneof(
          { weight: 20, arbitrary: asked },
          { weight: 1, arbitrary: added },
          { weight: 1, arbitrary: fc.constantFrom<Step>('restart', 'rebuild') },
        ),
        { minLength: 10, maxLength: 60, size: 'max' },
      ),
    );
  })
  .map(([early, late]) => [...early, { command: 'addFirstStocks', stocks: STOCKS }, ...late]);

/** Applies steps to two members, one of which is restarted and rebuilt, and compares both with the reference after each step. */
function play(plan: readonly Step[], make: MakeExchange): void {
  const reference = new ReferenceExchange(REFUSALS_KEPT);
  const [moved, still] = [new OpenExchange(make), new OpenExchange(make)];
  const numbers = new Map<string, number>();
  let index = 0;
  for (const step of plan) {
    if (typeof step === 'string') moved[step]();
    else {
      index += 1;
      const expected = reference.apply(step, index);
      expect([moved.apply(step), still.apply(step)]).toEqual([expected, expected]);
      if (expected.result === 'executed' && step.command === 'trade') {
        // One outcome for a key, for ever.
        expect(numbers.get(step.key) ?? expected.number).toBe(expected.number);
        numbers.set(step.key, expected.number);
      }
    }
    expectAsIn(reference, moved.exchange);
    expect(moved.exchange.digestOfOrders(0, 1000)).toBe(still.exchange.digestOfOrders(0, 1000));
    expect(moved.rows()).toBe(still.rows());
  }
}

function expectAsIn(reference: ReferenceExchange, exchange: Exchange): void {
  const { orders } = exchange.listOrders(0, 1000);
  expect(exchange.listStocks('', 100)).toEqual({ stocks: reference.stocks, next: null });
  expect(orders).toEqual(reference.orders);
  expect(orders.map(({ number }) => number)).toEqual(orders.map((_, i) => i + 1));
  expect(exchange.lastNumber).toBe(orders.length);
  for (const { quantity } of exchange.listStocks('', 100).stocks) expect(quantity).toBeGreaterThanOrEqual(0);
}

function property(make: MakeExchange): fc.IProperty<[readonly Step[]]> {
  return fc.property(steps, (plan) => play(plan, make));
}

it('equals a list of orders in memory after every command, restart and snapshot', () => {
  fc.assert(
    property(() => new Exchange(REFUSALS_KEPT)),
    { numRuns: 100 },
  );
});

/** Executes a known key again. */
class ExecutesRepeats extends Exchange {
  override apply(entry: Parameters<Exchange['apply']>[0]): ReturnType<Exchange['apply']> {
    const { command, index } = entry;
    if (command.command !== 'trade' || !this.outcomeOf(command)) return super.apply(entry);
    return super.apply({ ...entry, command: { ...command, key: `${command.key}-${index}` } });
  }
}

class ForgetsRefusals extends Exchange {
  override outcomeOf(trade: Trade): TradeOutcome | 'keyReused' | undefined {
    const known = super.outcomeOf(trade);
    return known !== 'keyReused' && known?.result === 'refused' ? undefined : known;
  }
}

class IgnoresContent extends Exchange {
  override outcomeOf(trade: Trade): TradeOutcome | 'keyReused' | undefined {
    const order = this.findOrderByKey(trade.key);
    return order ? { result: 'executed', number: order.number, replayed: true } : super.outcomeOf(trade);
  }
}

class LeavesRefusalsOutOfSnapshots extends Exchange {
  override *snapshot(db: Parameters<Exchange['snapshot']>[0]): Generator {
    for (const page of super.snapshot(db)) if (!('refusals' in (page as object))) yield page;
  }
}

class TrustsMemory extends Exchange {
  private readonly seen = new Set<string>();

  override outcomeOf(trade: Trade): TradeOutcome | 'keyReused' | undefined {
    const known = this.seen.has(trade.key) ? super.outcomeOf(trade) : undefined;
    this.seen.add(trade.key);
    return known;
  }
}

it.each([
  ['executes a repeat', () => new ExecutesRepeats(REFUSALS_KEPT)],
  ['forgets refusals', () => new ForgetsRefusals(REFUSALS_KEPT)],
  ['mistakes another trade under a known key for a repeat', () => new IgnoresContent(REFUSALS_KEPT)],
  ['leaves refusals out of its snapshots', () => new LeavesRefusalsOutOfSnapshots(REFUSALS_KEPT)],
  ['forgets keys at a restart', () => new TrustsMemory(REFUSALS_KEPT)],
  ['remembers one refusal too many', () => new Exchange(REFUSALS_KEPT + 1)],
  ['remembers one refusal too few', () => new Exchange(REFUSALS_KEPT - 1)],
])('detects an exchange that %s', (_, make) => {
  expect(fc.check(property(make), { numRuns: 300, endOnFailure: true }).failed).toBe(true);
});
