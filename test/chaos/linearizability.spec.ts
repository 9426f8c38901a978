import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  faultsInLinearizability,
  type LookupOperation,
  type StockHistory,
  type TradeOperation,
} from './linearizability.js';
import { isLinearizable } from './wing-gong.js';

type Times = readonly [askedAt: number, answeredAt: number];

/** A trade of the given change; its outcome is its number, a refusal, or unknown. */
function trade(
  key: string,
  change: number,
  outcome: TradeOperation['outcome'],
  [askedAt, answeredAt]: Times,
): TradeOperation {
  return { key, change, outcome, askedAt, answeredAt: outcome === 'unknown' ? Infinity : answeredAt };
}

function saw(quantity: number, [askedAt, answeredAt]: Times): LookupOperation {
  return { quantity, askedAt, answeredAt };
}

/** Of a stock with 10 shares, with these keys on record as numbers 1, 2, … */
function history(
  trades: readonly TradeOperation[],
  lookups: readonly LookupOperation[],
  keys: readonly string[] = trades.filter(({ outcome }) => outcome !== 'refused').map(({ key }) => key),
): StockHistory {
  return { quantity: 10, trades, lookups, record: keys.map((key, i) => ({ key, number: i + 1 })) };
}

const buy1 = trade('a', -1, 1, [10, 20]);
const sell2 = trade('b', 2, 2, [30, 40]);

const BAD: readonly (readonly [string, StockHistory, RegExp])[] = [
  ['a stale read', history([buy1], [saw(10, [21, 22])]), /saw 10 shares .* leaves \[9\]/],
  ['a read from the future', history([buy1], [saw(9, [5, 9])]), /saw 9 shares .* leaves \[10\]/],
  ['a read of what never was', history([buy1], [saw(8, [5, 50])]), /saw 8 shares .* leaves \[10, 9\]/],
  [
    'two reads going backwards under one trade',
    history([buy1], [saw(9, [12, 13]), saw(10, [14, 15])]),
    /trade 1 was read/,
  ],
  [
    'two reads going backwards, of which the first waited long',
    history([buy1, sell2], [saw(11, [5, 32]), saw(9, [33, 34])]),
    /saw 9 shares .* leaves \[11\]/,
  ],
  [
    'a read that goes backwards behind a refusal',
    history([buy1, trade('r', -10, 'refused', [12, 13])], [saw(10, [14, 15])]),
    /saw 10 shares/,
  ],
  ['a refusal though shares were there', history([trade('r', -5, 'refused', [1, 2])], []), /purchase of 5 was refused/],
  [
    'a refusal though shares had been sold before',
    history([trade('a', -10, 1, [0, 1]), trade('b', 4, 2, [2, 3]), trade('r', -4, 'refused', [4, 5])], []),
    /leaves \[4\]/,
  ],
  ['a lost trade', history([buy1], [], []), /answered 1, and is not on record/],
  [
    'a lost trade that a lookup still saw',
    history([trade('a', -1, 'unknown', [10, 20])], [saw(9, [30, 40])], []),
    /saw 9/,
  ],
  ['a doubled trade', history([buy1], [], ['a', 'a']), /executed as number 1 and as 2/],
  [
    'a doubled trade under a key of its own',
    history([buy1], [], ['a', 'x']),
    /number 2 \(key x\) was asked for by nobody/,
  ],
  ['another number than was told', history([buy1, sell2], [], ['b', 'a']), /answered 1, and is 2 on record/],
  [
    'a refusal that was executed',
    history([trade('r', -20, 'refused', [1, 2])], [], ['r']),
    /answered refused, and is 1/,
  ],
  [
    'numbers against real time',
    history([trade('a', -1, 2, [10, 20]), trade('b', -1, 1, [30, 40])], [], ['b', 'a']),
    /asked for after one from it on was answered/,
  ],
  [
    'more sold than there was',
    history([trade('a', -6, 1, [1, 9]), trade('b', -6, 2, [1, 9])], []),
    /number 2 leaves -2 shares/,
  ],
  [
    'more sold than there was, before it was sold back',
    history([trade('a', -11, 1, [1, 9]), trade('b', 6, 2, [1, 9])], []),
    /number 1 leaves -1 shares/,
  ],
];

const GOOD: readonly (readonly [string, StockHistory])[] = [
  ['nothing at all', history([], [])],
  ['an old quantity while the trade is under way', history([buy1], [saw(10, [11, 19])])],
  ['the new quantity before the trade is acknowledged', history([buy1], [saw(9, [11, 12]), saw(9, [13, 14])])],
  ['an old quantity that was a long time on its way', history([buy1, sell2], [saw(10, [5, 500])])],
  ['two lookups at once that disagree', history([buy1], [saw(9, [12, 18]), saw(10, [13, 19])])],
  [
    'the same quantity before and after',
    history([buy1, trade('b', 1, 2, [30, 40])], [saw(10, [5, 6]), saw(10, [41, 42])]),
  ],
  [
    'a quantity that comes back, read in between',
    history([trade('a', -1, 1, [0, 99]), trade('b', 1, 2, [0, 99])], [saw(9, [10, 11]), saw(10, [12, 13])]),
  ],
  [
    'an unknown trade that took effect late',
    history([trade('u', -3, 'unknown', [1, 2])], [saw(10, [50, 51]), saw(7, [60, 61])]),
  ],
  ['an unknown trade that never did', history([trade('u', -3, 'unknown', [1, 2])], [saw(10, [50, 51])], [])],
  [
    'a refusal in the one moment without shares',
    history(
      [trade('a', -10, 1, [0, 30]), trade('r', -1, 'refused', [10, 20]), trade('b', 10, 2, [5, 40])],
      [saw(10, [50, 51])],
    ),
  ],
  [
    'numbers against the order of asking, with both under way',
    history([trade('a', -1, 2, [10, 30]), trade('b', -1, 1, [20, 40])], [], ['b', 'a']),
  ],
];

describe('the checker of linearizability', () => {
  it.each(BAD)('finds %s', (_, bad, why) => {
    expect(faultsInLinearizability(bad).join('\n')).toMatch(why);
    expect(isLinearizable(bad)).toBe(false);
  });

  it.each(GOOD)('has nothing against %s', (_, good) => {
    expect(faultsInLinearizability(good)).toEqual([]);
    expect(isLinearizable(good)).toBe(true);
  });

  it('agrees with a search through all orders, on histories that a model made and chance has falsified', () => {
    const verdicts = { linearizable: 0, not: 0 };
    fc.assert(
      fc.property(falsified, (candidate) => {
        const expected = isLinearizable(candidate);
        verdicts[expected ? 'linearizable' : 'not'] += 1;
        expect(faultsInLinearizability(candidate).length === 0).toBe(expected);
      }),
      { numRuns: 5000 },
    );
    // Else one of the two verdicts was hardly tried.
    expect(Math.min(verdicts.linearizable, verdicts.not)).toBeGreaterThan(500);
  });

  it('has nothing against what a model made, and judges ten thousands of operations in a moment', () => {
    fc.assert(
      fc.property(madeByModel(8), (made) => {
        expect(faultsInLinearizability(made)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
    const [long] = fc.sample(madeByModel(30_000, 30_000), { numRuns: 1, seed: 1 });
    const startedAt = performance.now();
    expect(long && faultsInLinearizability(long)).toEqual([]);
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });
});

/** One operation that took effect at a moment, and was under way for some time before and after. */
const step = fc.record({
  change: fc.integer({ min: -4, max: 3 }),
  isLookup: fc.boolean(),
  isUnknown: fc.nat(9).map((n) => n === 0),
  isLost: fc.boolean(),
  before: fc.nat(25),
  after: fc.nat(25),
});

/** A history that is linearizable because it was made by doing one thing at a time, every 10 ms. */
function madeByModel(maxLength: number, minLength = 0): fc.Arbitrary<StockHistory> {
  const initial = fc.nat(5);
  return fc.tuple(initial, fc.array(step, { minLength, maxLength, size: 'max' })).map(([quantity, steps]) => {
    let left = quantity;
    const trades: TradeOperation[] = [];
    const lookups: LookupOperation[] = [];
    const record: { number: number; key: string }[] = [];
    for (const [i, { change, isLookup, isUnknown, isLost, before, after }] of steps.entries()) {
      const times = [10 * i - before, 10 * i + after] as const;
      const key = `k${i}`;
      if (isLookup || change === 0) lookups.push(saw(left, times));
      else if (isUnknown && isLost) trades.push(trade(key, change, 'unknown', times));
      else if (left + change < 0) trades.push(trade(key, change, 'refused', times));
      else {
        left += change;
        record.push({ number: record.length + 1, key });
        trades.push(trade(key, change, isUnknown ? 'unknown' : record.length, times));
      }
    }
    return { quantity, trades, lookups, record };
  });
}

type Falsify = (history: StockHistory, pick: number, by: number) => StockHistory;

const at = <T>(items: readonly T[], pick: number, change: (item: T) => T): readonly T[] =>
  items.map((item, i) => (i === pick % items.length ? change(item) : item));
const later = <T extends { askedAt: number; answeredAt: number }>(item: T, by: number): T => {
  return { ...item, askedAt: item.askedAt + by, answeredAt: item.answeredAt + by };
};

const FALSIFICATIONS: readonly Falsify[] = [
  (h) => h,
  (h, pick, by) => ({ ...h, lookups: at(h.lookups, pick, (lookup) => later(lookup, by)) }),
  (h, pick, by) => ({ ...h, trades: at(h.trades, pick, (one) => later(one, by)) }),
  (h, pick, by) => ({
    ...h,
    lookups: at(h.lookups, pick, (lookup) => ({ ...lookup, quantity: lookup.quantity + (by % 3) })),
  }),
  (h, pick, by) => ({ ...h, trades: at(h.trades, pick, (one) => ({ ...one, change: one.change + (by % 3) || 1 })) }),
  (h, pick) => ({ ...h, trades: at(h.trades, pick, (one) => ({ ...one, outcome: 'refused' })) }),
  (h, pick) => ({ ...h, trades: at(h.trades, pick, (one) => ({ ...one, outcome: 'unknown', answeredAt: Infinity })) }),
  (h, pick) => ({ ...h, record: h.record.filter((_, i) => i !== pick % h.record.length) }),
  (h, pick) => ({ ...h, record: h.record.concat(h.record.slice(pick % 8, (pick % 8) + 1)) }),
  // Two trades change places on record, and were told so.
  (h, pick) => {
    const [a, b] = [h.record[pick % 7], h.record[(pick % 7) + 1]];
    if (!a || !b) return h;
    const swapped = (key: string): number | undefined =>
      key === a.key ? b.number : key === b.key ? a.number : undefined;
    const told = (one: TradeOperation): TradeOperation => {
      return typeof one.outcome === 'number' ? { ...one, outcome: swapped(one.key) ?? one.outcome } : one;
    };
    const record = h.record.map(({ number, key }) => ({ key, number: swapped(key) ?? number }));
    return { ...h, trades: h.trades.map(told), record: record.toSorted((x, y) => x.number - y.number) };
  },
];

const falsified = fc
  .tuple(
    madeByModel(8),
    fc.array(fc.tuple(fc.nat(FALSIFICATIONS.length - 1), fc.nat(100), fc.integer({ min: -40, max: 40 })), {
      maxLength: 2,
    }),
  )
  .map(([made, changes]) =>
    changes.reduce((result, [which, pick, by]) => FALSIFICATIONS[which]?.(result, pick, by) ?? result, made),
  );
