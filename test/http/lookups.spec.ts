import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestSystem } from './system.js';

let system: TestSystem;

beforeAll(async () => {
  system = await TestSystem.start();
});

afterAll(() => system.stopAll());

describe('GET /stocks/:name', () => {
  it('returns exactly name, price and quantity', async () => {
    const answer = await system.http.get('/stocks/GameStart').expect(200);
    expect(answer.body).toEqual({ data: { name: 'GameStart', price: 15.99, quantity: 1000 } });
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('reports whether the answer came from the cache', async () => {
    await system.http.get('/stocks/FishCo').expect('X-Cache', 'MISS');
    const answer = await system.hit('FishCo');
    expect(answer.body).toEqual({ data: { name: 'FishCo', price: 9.8, quantity: 1000 } });
  });

  it('asks the catalog again after a trade', async () => {
    await system.http.get('/stocks/Ford').expect(200);
    await system.http.post('/orders').send({ name: 'Ford', type: 'buy', quantity: 10 }).expect(200);
    const answer = await system.http.get('/stocks/Ford').expect('X-Cache', 'MISS');
    expect(answer.body).toEqual({ data: { name: 'Ford', price: 11.93, quantity: 990 } });
  });

  it('does not find a stock that does not exist', async () => {
    const answer = await system.http.get('/stocks/Nowhere').expect(404).expect('X-Cache', 'MISS');
    expect(answer.body).toEqual({
      error: { code: 404, message: 'stock not found', reason: 'STOCK_NOT_FOUND', executed: 'no' },
    });
  });

  it('treats names as case-sensitive', async () => {
    await system.http.get('/stocks/gamestart').expect(404);
  });

  it.each(['/stocks/a_b', '/stocks/%00', '/stocks/constructor()', `/stocks/${'x'.repeat(65)}`, '/stocks/%D0%A4'])(
    'refuses the name in %s',
    async (path) => {
      const { body } = await system.http.get(path).expect(400);
      expect(body).toMatchObject({ error: { code: 400, reason: 'INVALID_REQUEST', executed: 'no' } });
      expect(body.error.problems).toEqual(['name must be 1 to 64 letters, digits, spaces, dots, dashes or ampersands']);
    },
  );

  it.each(['/stocks/%zz', '/stocks/%ff', '/trades?name=%E0%A4%A'])('refuses the percent signs in %s', async (path) => {
    const { body } = await system.http.get(path).expect(400);
    expect(body.error.problems).toEqual(['the URL has a percent sign that does not begin a valid UTF-8 sequence']);
  });

  it('names unknown query parameters', async () => {
    const { body } = await system.http.get('/stocks/GameStart?fresh=1&x=2').expect(400);
    expect(body.error.problems).toEqual(['property fresh should not exist', 'property x should not exist']);
  });

  it('asks the catalog every time if the cache is off', async () => {
    const uncached = await TestSystem.start({ CACHE_ENABLED: 'false' }, { orders: 1 });
    try {
      await uncached.http.get('/stocks/Nike').expect(200).expect('X-Cache', 'BYPASS');
      await uncached.http.get('/stocks/Nike').expect(200).expect('X-Cache', 'BYPASS');
      await uncached.http.get('/stocks/Nowhere').expect(404).expect('X-Cache', 'BYPASS');
    } finally {
      await uncached.stopAll();
    }
  });

  it('keeps no more stocks than CACHE_SIZE', async () => {
    const small = await TestSystem.start({ CACHE_SIZE: '2' }, { orders: 1 });
    try {
      for (const name of ['Nike', 'Ford', 'Tesla']) await small.http.get(`/stocks/${name}`).expect('X-Cache', 'MISS');
      await small.hit('Tesla');
      await small.http.get('/stocks/Nike').expect('X-Cache', 'MISS');
    } finally {
      await small.stopAll();
    }
  });
});

describe('GET /stocks', () => {
  it('lists every stock with exactly its members, sorted by name', async () => {
    const { body } = await system.http.get('/stocks').expect(200);
    expect(body.next).toBeNull();
    expect(Object.keys(body)).toEqual(['data', 'next']);
    const names = body.data.map((stock: { name: string }) => stock.name);
    expect(names).toEqual([...names].sort());
    expect(names).toHaveLength(10);
    const boarCo = body.data.find((stock: { name: string }) => stock.name === 'BoarCo');
    expect(boarCo).toEqual({
      name: 'BoarCo',
      price: 30.25,
      quantity: 1000,
      volume: 0,
      maxTradingVolume: 100,
      version: expect.any(Number) as number,
    });
  });

  it('lists in pages', async () => {
    const first = await system.http.get('/stocks?limit=6').expect(200);
    expect(first.body.data).toHaveLength(6);
    expect(first.body.next).toBe(first.body.data.at(-1)?.name);
    const second = await system.http.get('/stocks').query({ limit: 6, after: first.body.next }).expect(200);
    expect(second.body.data).toHaveLength(4);
    expect(second.body.next).toBeNull();
  });

  it('lists all problems of a query', async () => {
    const { body } = await system.http.get('/stocks?limit=0&after=_&page=2').expect(400);
    expect(body.error.problems).toEqual([
      'property page should not exist',
      'after must be 1 to 64 letters, digits, spaces, dots, dashes or ampersands',
      'limit must be a whole number from 1 to 1000',
    ]);
  });
});
