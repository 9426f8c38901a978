import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../system/support/wait-for.js';
import { isChange, isLookup } from '../cluster/support/tcp-proxy.js';
import { TwoGateways } from './two-gateways.js';

/*
 * A lookup is read before a trade, and its answer is still in transit when the trade is executed. Then three things arrive: the
 * answer to the lookup and the notice of the change, both at the gateway that asked, and the acknowledgement of the trade, which
 * waits for the notice or for the end of the lease. The test covers every possible order.
 */
type Arrival = 'lookup' | 'change' | 'acknowledgement';
const ORDERS: readonly (readonly Arrival[])[] = [
  ['lookup', 'change', 'acknowledgement'],
  ['lookup', 'acknowledgement', 'change'],
  ['change', 'lookup', 'acknowledgement'],
  ['change', 'acknowledgement', 'lookup'],
  ['acknowledgement', 'lookup', 'change'],
  ['acknowledgement', 'change', 'lookup'],
];
const PLACES = [0, 1].flatMap((reader) => [0, 1].map((trader) => ({ reader, trader })));
const CASES = ORDERS.flatMap((order) => PLACES.map((place) => ({ ...place, order })));
/** One stock per attempt, so that each begins with nothing cached. */
const STOCKS = Array.from({ length: 4 * CASES.length }, (_, i) => `S${i}`);

let gateways: TwoGateways;

beforeAll(async () => {
  gateways = await TwoGateways.start(['Other', ...STOCKS], 100);
});

afterAll(() => gateways.stop());

/** Resolves to false if a lease ended too early, which a stall of the machine can cause. */
async function arrive({ reader, trader, order }: (typeof CASES)[number], name: string): Promise<boolean> {
  await gateways.beginHistory();
  const other = 1 - reader;
  const [wire, otherWire] = reader === 0 ? gateways.wires : [gateways.wires[1], gateways.wires[0]];
  // Both gateways now get notices, and the other one has cached the stock that will change.
  await gateways.cached(reader, 'Other');
  await gateways.cached(other, name);
  wire.hold((answer) => isLookup(answer) || isChange(answer));
  otherWire.hold(isChange);
  const late = gateways.lookup(reader, name);
  await waitFor('the lookup is answered', () => wire.holds(isLookup));
  let isTraded = false;
  const traded = gateways.buy(trader, name, 30).finally(() => (isTraded = true));
  const isStaged = (): boolean => wire.holds(isChange) && otherWire.holds(isChange);
  await waitFor('the notice is on its way', () => isStaged() || isTraded);
  const staged = isStaged();
  for (const arrival of order) {
    if (arrival === 'lookup') {
      wire.release(isLookup);
      await late;
    } else if (arrival === 'change') wire.release(isChange);
    else {
      otherWire.release();
      await traded;
    }
    await gateways.lookup(other, name);
  }
  for (const gateway of [reader, other, reader]) expect((await gateways.lookup(gateway, name)).quantity).toBe(70);
  expect((await gateways.cached(reader, name)).quantity).toBe(70);
  expect(await gateways.faults()).toEqual([]);
  return staged;
}

describe('a lookup that overlaps a trade', () => {
  it.each(CASES.map((one) => ({ ...one, words: one.order.join(', ') })))(
    'leaves nothing stale at gateway $reader, trade through $trader: $words',
    async (one) => {
      while (!(await arrive(one, STOCKS.pop() ?? ''))) continue;
    },
  );
});
