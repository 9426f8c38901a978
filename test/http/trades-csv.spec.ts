import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pause, TestSystem } from './system.js';

/** Number of trades: more than one page of the order leader. */
const TRADES = 1010;
/** Visible characters that CSV has to quote. */
const KEY = 'a,"b",=c';

let system: TestSystem;

beforeAll(async () => {
  system = await TestSystem.start({}, { orders: 1 });
  await system.http.post('/orders').set('Idempotency-Key', KEY).send(order('buy', 'BoarCo')).expect(200);
  const sell = (): Promise<unknown> =>
    fetch(`${system.url}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(order('sell')),
    });
  for (let sent = 1; sent < TRADES; sent += 1)
    if (sent % 50 !== 0) void sell();
    else await sell();
  while ((await csv()).length < TRADES) await pause(20);
});

afterAll(() => system.stopAll());

function order(type: 'buy' | 'sell', name = 'Ford'): { name: string; type: string; quantity: number } {
  return { name, type, quantity: 1 };
}

async function csv(query = ''): Promise<readonly Readonly<Record<string, string>>[]> {
  const response = await fetch(`${system.url}/trades${query}`, { headers: { accept: 'text/csv' } });
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'text/csv; charset=utf-8; header=present',
  ]);
  return parse(await response.text(), { columns: true, record_delimiter: '\r\n' });
}

describe('GET /trades as CSV', () => {
  it('contains every trade with the same values as the JSON', async () => {
    const listed: Record<string, unknown>[] = [];
    for (const after of [0, 1000]) {
      const { body } = await system.http.get(`/trades?limit=1000&after=${after}`).expect(200);
      listed.push(...body.data.map((trade) => ({ ...trade })));
    }
    const trades = await csv();
    expect(trades).toEqual(
      listed.map((trade) => Object.fromEntries(Object.entries(trade).map(([name, value]) => [name, String(value)]))),
    );
    expect(trades[0]).toMatchObject({ number: '1', key: KEY });
  });

  it('accepts the same filters, and a limit', async () => {
    expect((await csv('?limit=3&after=5')).map(({ number }) => number)).toEqual(['6', '7', '8']);
    expect(await csv('?name=BoarCo&type=buy')).toHaveLength(1);
    expect(await csv('?name=Nike')).toEqual([]);
    expect(await csv(`?limit=1000&after=${TRADES - 3}`)).toHaveLength(3);
  });

  it.each(['*/*', 'application/json', 'text/csv;q=0.1, application/json', 'text/html'])(
    'is not given for %s',
    async (accept) => {
      const response = await fetch(`${system.url}/trades`, { headers: { accept } });
      expect(response.headers.get('content-type')).toMatch('application/json');
      expect((await response.json()) as object).toHaveProperty('next', 50);
    },
  );

  it('answers HEAD without a body, and errors as JSON', async () => {
    const head = await system.http.head('/trades').set('Accept', 'text/csv').expect(200);
    expect(head.headers['content-type']).toMatch('text/csv');
    const refused = await system.http.get('/trades?after=x').set('Accept', 'text/csv').expect(400);
    expect(refused.body.error.reason).toBe('INVALID_REQUEST');
  });
});
