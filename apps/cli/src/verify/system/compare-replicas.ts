import type { Order } from '@stock-bazaar/contracts';
import { differences } from '../compare.js';
import { Difference } from './difference.js';
import type { ReplicaOrders } from './replica-orders.js';

/** Orders that are read of each replica at once. */
const ORDERS_AT_ONCE = 1000;

/**
 * Reads the orders of all replicas side by side, up to number `last`, and yields each one after it was found to be the
 * same everywhere. Throws a `Difference` at the first one that is not, at a number that is missing or out of its place,
 * and at a key that was used before. A replica that stops answering is compared no further.
 */
export async function* comparedOrders(replicas: readonly ReplicaOrders[], last: number): AsyncGenerator<Order> {
  const numberOfKey = new Map<string, number>();
  for (let done = 0; done < last;) {
    const upTo = Math.min(done + ORDERS_AT_ONCE, last);
    const copies = await readCopies(replicas, done, upTo);
    const longest = longestOf(copies);
    if (longest.orders.length === 0)
      throw new Difference(`no replica has order ${done + 1}, but ${last} should be there`);
    for (const [position, order] of longest.orders.entries()) {
      const number = done + 1 + position;
      if (order.number !== number)
        throw new Difference(`${longest.of.name} has order ${order.number} in the place of number ${number}`);
      for (const copy of copies) compare(copy, longest, position);
      const other = numberOfKey.get(order.key);
      if (other !== undefined) throw new Difference(`the key ${order.key} has made two orders: ${other} and ${number}`);
      numberOfKey.set(order.key, number);
      yield order;
    }
    done += longest.orders.length;
  }
}

interface Copy {
  readonly of: ReplicaOrders;
  readonly orders: readonly Order[];
}

async function readCopies(replicas: readonly ReplicaOrders[], after: number, upTo: number): Promise<readonly Copy[]> {
  // One that lagged behind at an earlier page has had its end compared.
  const current = replicas.filter((replica) => replica.problem === null && replica.comparedUpTo === after);
  const copies = await Promise.all(current.map(async (of) => ({ of, orders: await of.ordersAfter(after, upTo) })));
  return copies;
}

function longestOf(copies: readonly Copy[]): Copy {
  const [longest] = copies.toSorted((a, b) => b.orders.length - a.orders.length);
  if (longest === undefined) throw new Difference('no replica answers any more');
  return longest;
}

function compare({ of, orders }: Copy, longest: Copy, position: number): void {
  const [order, expected] = [orders[position], longest.orders[position]];
  if (order === undefined || expected === undefined) return;
  const [first] = differences({ ...expected }, { ...order });
  if (first !== undefined) {
    throw new Difference(
      `order ${expected.number} differs on ${of.name}: ${first} as on ${longest.of.name}\n` +
        `  ${longest.of.name}: ${JSON.stringify(expected)}\n  ${of.name}: ${JSON.stringify(order)}`,
    );
  }
  of.comparedUpTo = expected.number;
}
