import { afterEach, describe, expect, it } from 'vitest';
import { createReport, type WorkloadReport } from '../src/verify/workload-report.js';
import { verifyRun } from '../src/verify/verify-run.js';
import { runWorkload, type WorkloadOptions } from '../src/workload/workload.js';
import { FakeExchange, refusal } from './fake-exchange.js';

let exchange: FakeExchange;

afterEach(() => exchange.close());

async function runAgainst(fake: FakeExchange, options: Partial<WorkloadOptions> = {}): Promise<WorkloadReport> {
  exchange = fake;
  const run = await runWorkload({
    url: await fake.listen(),
    requests: 120,
    prob: 0.8,
    seed: 1,
    connections: 4,
    invalid: 0,
    timeoutMs: 2000,
    trace: () => undefined,
    ...options,
  });
  const report = createReport(run, await verifyRun(run, 4));
  run.exchange.http.close();
  return report;
}

describe('the workload against an honest exchange', () => {
  it('passes, with every acknowledged trade compared', async () => {
    const report = await runAgainst(new FakeExchange());
    expect(report).toMatchObject({ passed: true, errors: [], mismatches: [], unknownOutcomes: 0 });
    expect(report.acknowledged).toBeGreaterThan(60);
    expect(report.verification).toEqual({
      isComplete: true,
      tradesOfThisRun: report.acknowledged,
      tradesOfOthers: 0,
      conservationChecked: true,
    });
  });

  it('passes with requests that are meant to fail, and shows each kind of refusal', async () => {
    const report = await runAgainst(new FakeExchange(), { invalid: 0.5, requests: 300 });
    expect(report.mismatches).toEqual([]);
    expect(report.passed).toBe(true);
    const answers = new Set(report.invalid.map(({ what }) => what.split('-> ')[1]));
    expect([...answers].sort()).toEqual([
      '400 INVALID_REQUEST',
      '404 ORDER_NOT_FOUND',
      '404 ROUTE_NOT_FOUND',
      '404 STOCK_NOT_FOUND',
      '413 BODY_TOO_LARGE',
      '415 UNSUPPORTED_MEDIA_TYPE',
      '422 IDEMPOTENCY_KEY_REUSED',
      '422 MAX_TRADING_VOLUME_EXCEEDED',
      '422 NOT_ENOUGH_STOCKS',
    ]);
  });

  it('makes the same choices for the same seed', async () => {
    const first = new FakeExchange();
    await runAgainst(first, { seed: 7, connections: 1 });
    first.close();
    const second = new FakeExchange();
    await runAgainst(second, { seed: 7, connections: 1 });
    const wishes = (fake: FakeExchange): unknown =>
      fake.trades.map(({ name, type, quantity }) => [name, type, quantity]);
    expect(wishes(second)).toEqual(wishes(first));
  });

  it('does not call it a mismatch when others trade meanwhile', async () => {
    let isDone = false;
    const report = await runAgainst(
      new FakeExchange(({ method }, _reply, fake) => {
        if (method !== 'POST' || isDone) return;
        isDone = true;
        fake.trades.push({ number: fake.trades.length + 1, key: 'theirs', name: 'Ford', type: 'sell', quantity: 3 });
        const ford = fake.stocks[0];
        if (ford) ford.quantity += 3;
      }),
    );
    expect(report).toMatchObject({ passed: true, mismatches: [] });
    expect(report.verification).toMatchObject({ tradesOfOthers: 1, conservationChecked: false });
  });
});

/** Faults of an exchange, and the words in which the client must report each. */
const LIES: readonly (readonly [what: string, found: RegExp, exchange: () => FakeExchange])[] = [
  [
    'an acknowledged order is gone',
    /order 5 .* was acknowledged, now: 404/,
    () =>
      new FakeExchange(({ path }, reply) => {
        if (path === '/orders/5') Object.assign(reply, refusal('ORDER_NOT_FOUND'));
      }),
  ],
  [
    'an order shows another quantity',
    /order 5: data.quantity is 999/,
    () =>
      new FakeExchange(({ path }, reply) => {
        if (path === '/orders/5') Object.assign((reply.body as { data: object }).data, { quantity: 999 });
      }),
  ],
  [
    'an order has a member too many',
    /order 5: data.price should not be there/,
    () =>
      new FakeExchange(({ path }, reply) => {
        if (path === '/orders/5') Object.assign((reply.body as { data: object }).data, { price: 1 });
      }),
  ],
  [
    'a trade is executed twice',
    /its key was executed twice/,
    onceAfter(10, (fake) => {
      const last = fake.trades.at(-1);
      if (last) fake.trades.push({ ...last, number: fake.trades.length + 1 });
    }),
  ],
  [
    'a number is given twice',
    /number \d+ was given to two trades/,
    () =>
      new FakeExchange(({ method }, reply, fake) => {
        if (method !== 'POST' || fake.trades.length !== 10) return;
        Object.assign(reply, {
          body: { data: { transaction_number: 9 } },
          headers: { ...reply.headers, location: '/orders/9' },
        });
      }),
  ],
  [
    'numbers have a gap',
    /trade 12 is listed where 11 should be/,
    () =>
      new FakeExchange(({ method }, reply, fake) => {
        const trade = fake.trades[10];
        if (method !== 'POST' || fake.trades.length !== 11 || trade?.number !== 11) return;
        fake.trades[10] = { ...trade, number: 12 };
        reply.body = { data: { transaction_number: 12 } };
      }),
  ],
  [
    'a refused trade is recorded',
    /it was refused, but is recorded/,
    () =>
      new FakeExchange(({ method }, reply, fake) => {
        if (method === 'POST' && fake.trades.length === 10) Object.assign(reply, refusal('NO_QUORUM'));
      }),
  ],
  [
    'shares are lost',
    /Ford: quantity is \d+, but/,
    onceAfter(10, (fake) => {
      const ford = fake.stocks[0];
      if (ford) ford.quantity -= 1;
    }),
  ],
  [
    'a bad request is refused with the wrong code',
    /quantity 0: answered 404 STOCK_NOT_FOUND, not 400 INVALID_REQUEST/,
    () =>
      new FakeExchange((_request, reply) => {
        if (reply.status === 400) Object.assign(reply, refusal('STOCK_NOT_FOUND'));
      }),
  ],
  [
    'an error has another form',
    /error.message is missing/,
    () =>
      new FakeExchange((_request, reply) => {
        if (reply.status >= 400) (reply.body as { error: { message: unknown } }).error.message = '';
      }),
  ],
  [
    'a trade without its Location',
    /the header location is undefined/,
    () =>
      new FakeExchange(({ method }, reply) => {
        if (method === 'POST') delete reply.headers['location'];
      }),
  ],
];

function onceAfter(trades: number, spoil: (fake: FakeExchange) => void): () => FakeExchange {
  return () => {
    let isDone = false;
    return new FakeExchange(({ method }, _reply, fake) => {
      if (isDone || method !== 'POST' || fake.trades.length < trades) return;
      isDone = true;
      spoil(fake);
    });
  };
}

describe('the workload against an exchange that lies', () => {
  it.each(LIES)('finds that %s', async (_what, found, create) => {
    const report = await runAgainst(create(), { invalid: 0.3, requests: 200, connections: 2 });
    expect(report.passed).toBe(false);
    expect(
      report.mismatches.some((mismatch) => found.test(mismatch)),
      report.mismatches.join('\n'),
    ).toBe(true);
  });
});

describe('the workload against an exchange that fails', () => {
  it('counts failures by class, and they are no mismatches', async () => {
    let count = 0;
    const report = await runAgainst(
      new FakeExchange(({ path }, reply) => {
        if (path === '/stocks/Ford' && ++count % 10 === 0) Object.assign(reply, refusal('CATALOG_UNAVAILABLE'));
      }),
    );
    expect(report).toMatchObject({ passed: false, mismatchCount: 0 });
    expect(report.errors).toEqual([{ what: '503 CATALOG_UNAVAILABLE', count: expect.any(Number) as number }]);
  });

  it('accepts that a trade with unknown outcome was executed, or was not', async () => {
    const report = await runAgainst(
      new FakeExchange(({ method }, reply, fake) => {
        if (method === 'POST' && fake.trades.length % 10 === 0) Object.assign(reply, refusal('OUTCOME_UNKNOWN'));
      }),
    );
    expect(report.mismatches).toEqual([]);
    expect(report.unknownOutcomes).toBeGreaterThan(0);
    expect(report.verification?.tradesOfThisRun).toBe(report.acknowledged + report.unknownOutcomes);
  });
});
