import { describe, type Trail } from './traders.js';

/** An order as it is on record. */
export interface RecordedOrder {
  readonly number: number;
  readonly key: string;
  readonly name: string;
  readonly type: string;
  readonly quantity: number;
}

export interface StockLevel {
  readonly name: string;
  readonly quantity: number;
  readonly volume: number;
}

/** Everything in which the record contradicts what clients asked and were told. `orders` are in order of number. */
export function faultsInHistory(trails: readonly Trail[], orders: readonly RecordedOrder[]): readonly string[] {
  const trailOf = new Map(trails.map((trail) => [trail.wish.key, trail]));
  return [
    ...orders.flatMap((order, i) =>
      order.number === i + 1 ? [] : [`number ${order.number} stands in place ${i + 1}`],
    ),
    ...doubledKeys(orders),
    ...orders.flatMap((order) => faultsInOrder(order, trailOf.get(order.key))),
    ...lostOrders(trails, orders),
    ...trails.flatMap(contradictions),
    ...faultsInRealTime(trails),
  ];
}

/** What was bought and sold must be what the catalog has less or more of. */
export function faultsInConservation(
  orders: readonly RecordedOrder[],
  before: readonly StockLevel[],
  after: readonly StockLevel[],
): readonly string[] {
  return before.flatMap(({ name, quantity, volume }) => {
    const trades = orders.filter((order) => order.name === name);
    const gained = trades.reduce((sum, order) => sum + (order.type === 'buy' ? -order.quantity : order.quantity), 0);
    const traded = trades.reduce((sum, order) => sum + order.quantity, 0);
    const found = after.find((stock) => stock.name === name);
    const isKept = found?.quantity === quantity + gained && found.volume === volume + traded && found.quantity >= 0;
    return isKept
      ? []
      : [
          `${name}: the catalog has ${found?.quantity} (volume ${found?.volume}), the orders leave ${quantity + gained} (${volume + traded})`,
        ];
  });
}

function doubledKeys(orders: readonly RecordedOrder[]): readonly string[] {
  const seen = new Set<string>();
  return orders.flatMap(({ key, number }) => {
    if (seen.has(key)) return [`key ${key} was executed again as number ${number}`];
    seen.add(key);
    return [];
  });
}

function faultsInOrder(order: RecordedOrder, trail: Trail | undefined): readonly string[] {
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

function lostOrders(trails: readonly Trail[], orders: readonly RecordedOrder[]): readonly string[] {
  return trails.flatMap((trail) =>
    trail.attempts.flatMap(({ outcome }) =>
      outcome.kind === 'executed' && orders[outcome.number - 1]?.key !== trail.wish.key
        ? [
            `${describe(trail)} was acknowledged as ${outcome.number}, which is ${orders[outcome.number - 1]?.key ?? 'missing'}`,
          ]
        : [],
    ),
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
