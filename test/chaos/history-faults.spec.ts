import { describe, expect, it } from 'vitest';
import type { ListedTrade } from '../system/support/books.js';
import { faultsInConservation, faultsInHistory } from './history-faults.js';
import type { Outcome, Trail } from './recorder.js';
import { differences, type ReplicaFile } from './replica-files.js';

function trail(key: string, askedAt: number, ...outcomes: readonly Outcome[]): Trail {
  return {
    wish: { key, name: 'Ford', type: 'buy', quantity: 2 },
    attempts: outcomes.map((outcome, i) => ({ askedAt: askedAt + i, answeredAt: askedAt + i + 0.5, outcome })),
  };
}

function order(number: number, key: string, quantity = 2): ListedTrade {
  return { number, key, name: 'Ford', type: 'buy', quantity };
}

const executed = (number: number): Outcome => ({ kind: 'executed', number });
const refused: Outcome = { kind: 'refused', reason: 'NOT_ENOUGH_STOCKS' };
const notExecuted: Outcome = { kind: 'notExecuted', reason: 'NO_QUORUM' };
const unknown: Outcome = { kind: 'unknown', why: 'OUTCOME_UNKNOWN' };

describe('the comparison of a history with the record', () => {
  it('finds nothing wrong where nothing is', () => {
    const trails = [trail('a', 0, executed(1)), trail('b', 10, unknown, executed(2)), trail('c', 20, notExecuted)];
    expect(faultsInHistory(trails, [order(1, 'a'), order(2, 'b')])).toEqual([]);
  });

  const [a, b] = [trail('a', 0, executed(1)), trail('b', 10, executed(2))];
  it.each<[string, readonly Trail[], readonly ListedTrade[], RegExp]>([
    ['a gap', [a, b], [order(1, 'a'), order(3, 'b')], /number 3 stands in place 2/],
    ['a lost order', [a, b], [order(1, 'a')], /acknowledged as 2, which is missing/],
    ['a number that means something else', [a, b], [order(1, 'b'), order(2, 'a')], /acknowledged as 1, which is b/],
    ['a key that was executed twice', [a], [order(1, 'a'), order(2, 'a')], /executed again as number 2/],
    ['a trade that nobody asked for', [a], [order(1, 'a'), order(2, 'x')], /never asked for/],
    ['another trade than the one asked for', [a], [order(1, 'a', 3)], /was asked for/],
    ['a refusal that was executed', [trail('a', 0, refused)], [order(1, 'a')], /executed, but answered NOT_ENOUGH/],
    ['"not executed" that was', [trail('a', 0, notExecuted)], [order(1, 'a')], /certainly not executed/],
    ['two outcomes of one key', [trail('a', 0, executed(1), refused)], [order(1, 'a')], /several outcomes/],
    [
      'numbers against real time',
      [trail('a', 0, executed(2)), trail('b', 10, executed(1))],
      [order(1, 'b'), order(2, 'a')],
      /got number 1, although 2 was acknowledged before/,
    ],
  ])('finds %s', (_, trails, orders, fault) => {
    expect(faultsInHistory(trails, orders).join('\n')).toMatch(fault);
  });

  it('goes on behind what was on record before', () => {
    expect(faultsInHistory([trail('a', 0, executed(8))], [order(8, 'a')], 7)).toEqual([]);
    expect(faultsInHistory([trail('a', 0, executed(1))], [order(1, 'a')], 7).join()).toMatch(/stands in place 8/);
  });

  it('finds shares that came from nowhere, and a level below zero, also one that was made up for', () => {
    const level = (quantity: number, volume: number) => [{ name: 'Ford', quantity, volume }];
    const sold: ListedTrade = { number: 2, key: 'b', name: 'Ford', type: 'sell', quantity: 2 };
    expect(faultsInConservation([order(1, 'a')], level(2, 5), level(0, 7))).toEqual([]);
    expect(faultsInConservation([order(1, 'a')], level(2, 0), level(2, 2))).toHaveLength(1);
    expect(faultsInConservation([order(1, 'a')], level(2, 0), level(0, 0))).toHaveLength(1);
    expect(faultsInConservation([order(1, 'a')], level(1, 0), level(-1, 2))).toHaveLength(1);
    expect(faultsInConservation([order(1, 'a'), sold], level(1, 0), level(1, 4))).toEqual([
      'number 1 leaves -1 shares of Ford',
    ]);
  });
});

describe('the comparison of members', () => {
  const file = (name: string, orders: readonly string[], log: readonly string[], stock = '100'): ReplicaFile => ({
    name,
    orders,
    stocks: [stock],
    refusals: [],
    log: new Map(log.map((entry, i) => [i + 1, entry])),
  });

  it('finds an order that differs or is missing, a stock that differs, and an entry of the log that differs', () => {
    const first = file('order-1', ['x', 'y'], ['p', 'q']);
    expect(differences([first, file('order-2', ['x', 'y'], ['p', 'q', 'r'])])).toEqual([]);
    expect(differences([first, file('order-2', ['x'], ['p', 'q'])])).toEqual(['order-1 has y, order-2 has undefined']);
    expect(differences([first, file('order-2', ['x', 'z'], ['p', 'q'])])).toHaveLength(1);
    expect(differences([first, file('order-2', ['x', 'y'], ['p', 's'])])).toHaveLength(1);
    expect(differences([first, file('order-2', ['x', 'y'], ['p', 'q'], '99')])).toHaveLength(1);
  });
});
