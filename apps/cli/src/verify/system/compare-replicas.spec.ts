import type { Order, OwnOrders } from '@stock-bazaar/contracts';
import { describe, expect, it } from 'vitest';
import { comparedOrders } from './compare-replicas.js';
import { ReplicaOrders } from './replica-orders.js';

function order(number: number, more: Partial<Order> = {}): Order {
  return {
    number,
    key: `k${number}`,
    name: 'Ford',
    type: 'buy',
    quantity: 1,
    priceCents: 1193,
    executedAt: 7,
    ...more,
  };
}

function ordersTo(last: number): Order[] {
  return Array.from({ length: last }, (_, i) => order(i + 1));
}

/** A replica with these orders, as it answers over the wire; without any, one that is down. */
function replica(id: number, orders?: readonly Order[]): ReplicaOrders {
  const ask = (_id: number, _pattern: string, asked: object): Promise<unknown> => {
    const { after, limit } = asked as { after: number; limit: number };
    if (orders === undefined) return Promise.resolve({ failed: 'refused', why: 'refuses connections' });
    const page = orders.slice(after, after + limit);
    return Promise.resolve({
      answer: { orders: page, lastNumber: orders.length, appliedIndex: 0 } satisfies OwnOrders,
    });
  };
  return new ReplicaOrders({ ask } as never, { id, host: 'h', port: 1 });
}

async function compare(last: number, ...replicas: ReplicaOrders[]): Promise<number> {
  let count = 0;
  for await (const { number } of comparedOrders(replicas, last)) {
    count += 1;
    expect(number).toBe(count);
  }
  return count;
}

describe('the comparison of replicas', () => {
  it('goes through all orders, over the ends of pages', async () => {
    const replicas = [1, 2, 3].map((id) => replica(id, ordersTo(2500)));
    expect(await compare(2400, ...replicas)).toBe(2400);
    expect(replicas.map(({ comparedUpTo }) => comparedUpTo)).toEqual([2400, 2400, 2400]);
  });

  it.each([1, 1000, 1001, 1500])('finds order %d to differ, and shows both', async (number) => {
    const other = ordersTo(1500).with(number - 1, order(number, { quantity: 2 }));
    await expect(compare(1500, replica(1, ordersTo(1500)), replica(2, other))).rejects.toThrow(
      `order ${number} differs on order-2: quantity is 2, it should be 1 as on order-1`,
    );
  });

  it('finds a number that is missing, and a key that was used twice', async () => {
    const gap = ordersTo(9).toSpliced(4, 1);
    await expect(compare(8, replica(1, gap), replica(2, gap))).rejects.toThrow('order 6 in the place of number 5');
    const doubled = ordersTo(9).with(8, order(9, { key: 'k2' }));
    await expect(compare(9, replica(1, doubled))).rejects.toThrow('the key k2 has made two orders: 2 and 9');
  });

  it('finds that an order is nowhere', async () => {
    await expect(compare(9, replica(1, ordersTo(8)), replica(2, ordersTo(8)))).rejects.toThrow(
      'no replica has order 9',
    );
  });

  it('compares what a replica has that is behind', async () => {
    const [behind, whole] = [replica(1, ordersTo(1200)), replica(2, ordersTo(3000))];
    expect(await compare(3000, behind, whole)).toBe(3000);
    expect(behind.comparedUpTo).toBe(1200);
  });

  it('leaves out a replica that does not answer', async () => {
    const down = replica(3);
    expect(await down.lastNumber()).toBeUndefined();
    expect(await compare(10, replica(1, ordersTo(10)), down)).toBe(10);
    expect(down.problem).toBe('refuses connections');
  });
});
