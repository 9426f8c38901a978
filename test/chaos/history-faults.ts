import type { ListedTrade, StockLevel } from '../system/support/books.js';
import { describe, type Trail } from './recorder.js';

/**
 * Everything in which the record contradicts what clients asked and were told. `orders` are in order of number, and
 * begin behind the number `recordedBefore`.
 */
export function faultsInHistory(
  trails: readonly Trail[],
  orders: readonly ListedTrade[],
  recordedBefore = 0,
): readonly string[] {
  const trailOf = new Map(trails.map((trail) => [trail.wish.key, trail]));
  const place = (i: number): number => recordedBefore + i + 1;
  return [
    ...orders.flatMap(({ number }, i) => (number === place(i) ? [] : [`number ${number} stands in place ${place(i)}`])),
    ...doubledKeys(orders),
    ...orders.flatMap((order) => faultsInOrder(order, trailOf.get(order.key))),
    ...lostOrders(trails, orders, recordedBefore),
    ...trails.flatMap(contradictions),
    ...faultsInRealTime(trails),
  ];
}

/** The catalog must have as many shares less or more as were bought and sold, and never less than none. */
export function faultsInConservation(
  orders: readonly ListedTrade[],
  before: readonly StockLevel[],
  after: readonly StockLevel[],
): readonly string[] {
  const expected = new Map(before.map((stock) => [stock.name, { ...stock }]));
  const faults: string[] = [];
  for (const { number, name, type, quantity } of orders) {
    const stock = expected.get(name);
    if (!stock) return [`number ${number} is of ${name}, which there is not`];
    stock.quantity += type === 'buy' ? -quantity : quantity;
    stock.volume += quantity;
    if (stock.quantity < 0) faults.push(`number ${number} leaves ${stock.quantity} shares of ${name}`);
  }
  for (const { name, quantity, volume } of expected.values()) {
    const found = after.find((stock) => stock.name === name);
    if (found?.quantity !== quantity || found.volume !== volume)
      faults.push(
        `${name}: the catalog has ${found?.quantity} (volume ${found?.volume}), the orders leave ${quantity} (${volume})`,
      );
  }
  return faults;
}

function doubledKeys(orders: readonly ListedTrade[]): readonly string[] {
  const seen = new Set<string>();
  return orders.flatMap(({ key, number }) => {
    if (seen.has(key)) return [`key ${key} was executed again as number ${number}`];
    seen.add(key);
    return [];
  });
}

function faultsInOrder(order: ListedTrade, trail: Trail | undefined): readonly string[] {
  if (!trail) return [`number ${order.number} (key ${order.key}) was never asked for`];
  const { name, type, quantity } = trail.wish;
  if (order.name !== name || order.type !== type || order.quantity !== quantity)
    return [`number ${order.number} is ${JSON.stringify(order)}, but ${describe(trail)} was asked for`];
  const outcomes = trail.attempts.map((attempt) => attempt.outcome);
  const refusal = outcomes.find((outcome) => outcome.kind === 'refused');
  if (refusal) return [`number ${order.number} was executed, but answered ${refusal.reason}`];
  if (outcomes.every((outcome) => outcome.kind === 'notExecuted'))
    return [`number ${order.number} was executed, but every answer was "certainly not executed"`];
  return [];
}

function lostOrders(
  trails: readonly Trail[],
  orders: readonly ListedTrade[],
  recordedBefore: number,
): readonly string[] {
  return trails.flatMap((trail) =>
    trail.attempts.flatMap(({ outcome }) => {
      if (outcome.kind !== 'executed') return [];
      const found = orders[outcome.number - recordedBefore - 1]?.key;
      if (found === trail.wish.key) return [];
      return [`${describe(trail)} was acknowledged as ${outcome.number}, which is ${found ?? 'missing'}`];
    }),
  );
}

/** One key has one outcome, however often it is asked for. */
function contradictions(trail: Trail): readonly string[] {
  const decided = trail.attempts
    .map(({ outcome }) => outcome)
    .filter((outcome) => outcome.kind === 'executed' || outcome.kind === 'refused')
    .map((outcome) => JSON.stringify(outcome));
  return new Set(decided).size > 1 ? [`${describe(trail)} has several outcomes: ${decided.join(', ')}`] : [];
}

/** A trade that was acknowledged before another was asked for has the smaller number. */
function faultsInRealTime(trails: readonly Trail[]): readonly string[] {
  const spans = trails.flatMap((trail) => {
    const executed = trail.attempts.flatMap(({ outcome, answeredAt }) =>
      outcome.kind === 'executed' ? [{ number: outcome.number, answeredAt }] : [],
    );
    const [first] = executed.sort((a, b) => a.answeredAt - b.answeredAt);
    if (!first) return [];
    return [{ ...first, askedAt: Math.min(...trail.attempts.map((attempt) => attempt.askedAt)), trail }];
  });
  const byAnswer = spans.toSorted((a, b) => a.answeredAt - b.answeredAt);
  const faults: string[] = [];
  let acknowledged = 0;
  let highest = 0;
  for (const span of spans.toSorted((a, b) => a.askedAt - b.askedAt)) {
    for (let next = byAnswer[acknowledged]; next && next.answeredAt < span.askedAt; next = byAnswer[++acknowledged])
      highest = Math.max(highest, next.number);
    if (span.number < highest)
      faults.push(`${describe(span.trail)} got number ${span.number}, although ${highest} was acknowledged before`);
  }
  return faults;
}
