import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Http } from '../../apps/frontend/test/typed-http.js';
import { TestSystem } from './system.js';

const SEED = JSON.stringify([
  { name: 'GameStart', price: 15.99, quantity: 100 },
  { name: 'BoarCo', price: 30.25, quantity: 1000, maxTradingVolume: 100 },
  { name: 'Drained', price: 1, quantity: 1 },
  { name: 'Brimful', price: 1, quantity: 1_000_000_000_000_000 },
  { name: 'A & B-C. 1', price: 0.5, quantity: 10 },
]);

let system: TestSystem;

beforeAll(async () => {
  system = await TestSystem.start({ CATALOG_SEED: SEED });
});

afterAll(() => system.stopAll());

function place(body: object | string, key?: string): ReturnType<Http['post']> {
  const request = system.http.post('/orders').set('Content-Type', 'application/json');
  return (key === undefined ? request : request.set('Idempotency-Key', key)).send(body);
}

async function quantityOf(name: string): Promise<number> {
  const { body } = await system.http.get(`/stocks/${encodeURIComponent(name)}`).expect(200);
  return body.data.quantity;
}

describe('POST /orders', () => {
  it('buys and sells, and numbers trades without gaps', async () => {
    const before = await quantityOf('GameStart');
    const bought = await place({ name: 'GameStart', type: 'buy', quantity: 3 }).expect(200);
    const number = bought.body.data.transaction_number;
    expect(bought.body).toEqual({ data: { transaction_number: number } });
    expect(bought.headers['location']).toBe(`/orders/${number}`);
    expect(bought.headers['idempotent-replayed']).toBeUndefined();
    expect(await quantityOf('GameStart')).toBe(before - 3);
    const sold = await place({ name: 'GameStart', type: 'sell', quantity: 2 }).expect(200);
    expect(sold.body).toEqual({ data: { transaction_number: number + 1 } });
    expect(await quantityOf('GameStart')).toBe(before - 1);
  });

  it('accepts every character that a name may have', async () => {
    await place({ name: 'A & B-C. 1', type: 'buy', quantity: 1 }).expect(200);
    expect(await quantityOf('A & B-C. 1')).toBe(9);
  });

  it('returns a generated key, which finds the order', async () => {
    const placed = await place({ name: 'GameStart', type: 'buy', quantity: 1 }).expect(200);
    const key = placed.headers['idempotency-key'] as string;
    const { body } = await system.http.get('/orders').query({ key }).expect(200);
    expect(body).toEqual({
      data: { number: placed.body.data.transaction_number, name: 'GameStart', type: 'buy', quantity: 1 },
    });
  });

  it('executes one trade per key, and marks the second answer as a repeat', async () => {
    const key = randomUUID();
    const before = await quantityOf('GameStart');
    const first = await place({ name: 'GameStart', type: 'buy', quantity: 5 }, key).expect(200);
    const again = await place({ name: 'GameStart', type: 'buy', quantity: 5 }, key).expect(200);
    expect(again.body).toEqual(first.body);
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true', 'idempotency-key': key });
    expect(again.headers['location']).toBe(first.headers['location']);
    expect(await quantityOf('GameStart')).toBe(before - 5);
  });

  it('executes one trade for a key that arrives eight times at once', async () => {
    const key = randomUUID();
    const before = await quantityOf('GameStart');
    const trade = { name: 'GameStart', type: 'buy', quantity: 1 };
    const answers = await Promise.all(Array.from({ length: 8 }, () => place(trade, key)));
    expect(new Set(answers.map((answer) => JSON.stringify([answer.status, answer.body]))).size).toBe(1);
    expect(answers[0]?.status).toBe(200);
    expect(await quantityOf('GameStart')).toBe(before - 1);
  });

  it('refuses a key that was used for another trade', async () => {
    const key = randomUUID();
    await place({ name: 'GameStart', type: 'buy', quantity: 1 }, key).expect(200);
    const before = await quantityOf('GameStart');
    const { body } = await place({ name: 'GameStart', type: 'sell', quantity: 1 }, key).expect(422);
    expect(body.error).toMatchObject({ code: 422, reason: 'IDEMPOTENCY_KEY_REUSED', executed: 'no' });
    expect(await quantityOf('GameStart')).toBe(before);
  });

  it.each([
    ['an unknown stock', { name: 'Nowhere', type: 'buy', quantity: 1 }, 404, 'STOCK_NOT_FOUND', 'stock not found'],
    [
      'more than is available',
      { name: 'Drained', type: 'buy', quantity: 2 },
      422,
      'NOT_ENOUGH_STOCKS',
      'not enough stocks available to buy',
    ],
    [
      'more than one trade may move',
      { name: 'BoarCo', type: 'sell', quantity: 101 },
      422,
      'MAX_TRADING_VOLUME_EXCEEDED',
      'max trading volume exceeded',
    ],
    [
      'more than the exchange may hold',
      { name: 'Brimful', type: 'sell', quantity: 1 },
      422,
      'STOCK_LIMIT_EXCEEDED',
      'the exchange holds too many of this stock to take more',
    ],
  ])('refuses %s, finally for its key, and changes nothing', async (_, trade, code, reason, message) => {
    const key = randomUUID();
    const stocks = await system.http.get('/stocks').expect(200);
    const refused = await place(trade, key).expect(code);
    expect(refused.body).toEqual({ error: { code, message, reason, executed: 'no' } });
    expect(refused.headers['location']).toBeUndefined();
    const again = await place(trade, key).expect(code).expect('Idempotent-Replayed', 'true');
    expect(again.body).toEqual(refused.body);
    await system.http.get('/orders').query({ key }).expect(404);
    expect((await system.http.get('/stocks').expect(200)).body.data).toEqual(stocks.body.data);
  });

  it('allows a trade of exactly the maximum volume', async () => {
    await place({ name: 'BoarCo', type: 'buy', quantity: 100 }).expect(200);
  });
});

describe('GET /orders/:number and GET /orders?key=', () => {
  it('returns exactly number, name, type and quantity', async () => {
    const key = randomUUID();
    const placed = await place({ name: 'BoarCo', type: 'sell', quantity: 7 }, key).expect(200);
    const number = placed.body.data.transaction_number;
    const expected = { data: { number, name: 'BoarCo', type: 'sell', quantity: 7 } };
    expect((await system.http.get(`/orders/${number}`).expect(200)).body).toEqual(expected);
    expect((await system.http.get('/orders').query({ key }).expect(200)).body).toEqual(expected);
  });

  it.each(['/orders/999999', '/orders/9007199254740991', '/orders?key=nobody'])('does not find %s', async (path) => {
    const { body } = await system.http.get(path).expect(404);
    expect(body).toMatchObject({
      error: { code: 404, message: 'order not found', reason: 'ORDER_NOT_FOUND', executed: 'no' },
    });
  });

  it.each(['0', '-1', '1.5', '1e3', '01', '+1', 'one', '9007199254740992', '%201'])(
    'refuses the number %s',
    async (number) => {
      const { body } = await system.http.get(`/orders/${number}`).expect(400);
      expect(body.error.problems).toEqual(['number must be a whole number from 1 to 9007199254740991']);
    },
  );

  it.each(['', '?key=', '?key=a%20b', `?key=${'x'.repeat(129)}`, '?key=a&key=b'])(
    'refuses /orders%s',
    async (query) => {
      const { body } = await system.http.get(`/orders${query}`).expect(400);
      expect(body.error.problems).toEqual(['key must be 1 to 128 visible ASCII characters']);
    },
  );
});

describe('GET /trades', () => {
  it('lists trades sorted by number, with exactly their members', async () => {
    const key = randomUUID();
    const placed = await place({ name: 'BoarCo', type: 'buy', quantity: 2 }, key).expect(200);
    const number = placed.body.data.transaction_number;
    const { body } = await system.http
      .get('/trades')
      .query({ after: number - 1 })
      .expect(200);
    expect(body).toEqual({
      data: [
        {
          number,
          name: 'BoarCo',
          type: 'buy',
          quantity: 2,
          price: 30.25,
          executedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
          key,
        },
      ],
      next: null,
    });
  });

  it('lists pages that together contain every trade once', async () => {
    const numbers: number[] = [];
    for (let after: number | null = 0; after !== null;) {
      const { body } = await system.http.get('/trades').query({ after, limit: 3 }).expect(200);
      expect(body.data.length).toBeLessThanOrEqual(3);
      numbers.push(...body.data.map((trade: { number: number }) => trade.number));
      after = body.next as number | null;
    }
    expect(numbers).toEqual(numbers.map((_, i) => i + 1));
    expect(numbers.length).toBeGreaterThan(5);
  });

  it('filters by stock and by type', async () => {
    const { body } = await system.http.get('/trades?name=BoarCo&type=sell&limit=1000').expect(200);
    expect(body.data.length).toBeGreaterThan(0);
    for (const trade of body.data) expect(trade).toMatchObject({ name: 'BoarCo', type: 'sell' });
  });

  it('lists all problems of a query', async () => {
    const { body } = await system.http.get('/trades?after=-1&limit=1001&name=_&type=swap&page=2').expect(400);
    expect(body.error.problems).toEqual([
      'property page should not exist',
      'after must be a whole number from 0 to 9007199254740991',
      'limit must be a whole number from 1 to 1000',
      'name must be 1 to 64 letters, digits, spaces, dots, dashes or ampersands',
      'type must be "buy" or "sell"',
    ]);
  });
});
