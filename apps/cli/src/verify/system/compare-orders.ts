import type { Order } from '#contracts';
import { unavailable } from '../../cli-error.js';
import { differences } from '../../workload/compare.js';
import { Difference } from './difference.js';
import type { ExchangeMember } from './exchange-member.js';

/** Orders that one digest covers: few enough that no member is kept from its trades for long. */
const ORDERS_PER_DIGEST = 1000;
/** Orders that are read at once. */
const ORDERS_PER_PAGE = 1000;

/**
 * Compares the orders of all members up to number `last`, digest by digest, and yields each one after it was found to be the
 * same everywhere. Throws a `Difference` at the first one that is not, at a number that is missing or out of its place,
 * and at a key that was used before. A member that stops answering, or has no more orders, is compared no further.
 */
export async function* comparedOrders(members: readonly ExchangeMember[], last: number): AsyncGenerator<Order> {
  const numberOfKey = new Map<string, number>();
  for (let done = 0; done < last;) {
    const upTo = nextEnd(members, done, last);
    const holders = await compareDigests(members, done, upTo);
    if (holders.length === 0) continue;
    for await (const order of ordersOf(holders, done, upTo)) {
      const other = numberOfKey.get(order.key);
      if (other !== undefined)
        throw new Difference(`the key ${order.key} has made two orders: ${other} and ${order.number}`);
      numberOfKey.set(order.key, order.number);
      yield order;
    }
    done = upTo;
  }
}

/** No digest goes beyond the end of a member that is behind, so that all that it has is compared. */
function nextEnd(members: readonly ExchangeMember[], done: number, last: number): number {
  const answering = members.filter(({ problem }) => problem === null);
  if (answering.length === 0) throw unavailable('no member of the exchange answers any more');
  const ends = answering.map(({ lastNumber }) => lastNumber).filter((number) => number > done);
  if (ends.length === 0) {
    // One that does not answer may have it.
    if (answering.length < members.length) throw unavailable(`no member that answers has order ${done + 1} of ${last}`);
    throw new Difference(`no member has order ${done + 1}, but ${last} should be there`);
  }
  return Math.min(done + ORDERS_PER_DIGEST, last, ...ends);
}

/** Resolves to the members that have all of these orders, the same ones; to none when there are none any more. */
async function compareDigests(
  members: readonly ExchangeMember[],
  after: number,
  upTo: number,
): Promise<readonly ExchangeMember[]> {
  const current = members.filter(({ problem, lastNumber }) => problem === null && lastNumber >= upTo);
  const answers = await Promise.all(
    current.map(async (member) => ({ member, found: await member.digest(after, upTo - after) })),
  );
  const whole = answers.filter(({ found }) => found?.upTo === upTo);
  for (const { member, found } of whole) {
    const first = whole[0] ?? { member, found };
    if (found?.digest !== first.found?.digest) throw await firstDifference(first.member, member, after, upTo);
    member.comparedUpTo = upTo;
  }
  return whole.map(({ member }) => member);
}

/** Names the first of these orders that two members do not have alike. */
async function firstDifference(
  one: ExchangeMember,
  other: ExchangeMember,
  after: number,
  upTo: number,
): Promise<Difference> {
  for (let done = after; done < upTo; done += ORDERS_PER_PAGE) {
    const limit = Math.min(ORDERS_PER_PAGE, upTo - done);
    const [mine, theirs] = await Promise.all([one.orders(done, limit), other.orders(done, limit)]);
    for (const [position, expected] of mine.entries()) {
      const order = theirs[position];
      const [first] = differences({ ...expected }, { ...order });
      if (first === undefined) continue;
      return new Difference(
        `order ${expected.number} differs on ${other.name}: ${first} as on ${one.name}\n` +
          `  ${one.name}: ${JSON.stringify(expected)}\n  ${other.name}: ${order ? JSON.stringify(order) : 'none'}`,
      );
    }
    one.comparedUpTo = other.comparedUpTo = done + mine.length;
  }
  return new Difference(`the orders ${after + 1} to ${upTo} have another digest on ${other.name} than on ${one.name}`);
}

/** Reads orders once, of the first of these members that still answers. */
async function* ordersOf(holders: readonly ExchangeMember[], after: number, upTo: number): AsyncGenerator<Order> {
  for (let done = after; done < upTo;) {
    const reader = holders.find(({ problem }) => problem === null);
    if (reader === undefined) throw unavailable(`no member that has order ${done + 1} answers any more`);
    const orders = await reader.orders(done, Math.min(ORDERS_PER_PAGE, upTo - done));
    if (orders.length === 0) reader.problem ??= `has no order ${done + 1} any more`;
    for (const order of orders) {
      done += 1;
      if (order.number !== done)
        throw new Difference(`${reader.name} has order ${order.number} in the place of number ${done}`);
      yield order;
    }
  }
}
