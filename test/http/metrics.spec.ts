import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestSystem } from './system.js';

let system: TestSystem;

beforeAll(async () => {
  system = await TestSystem.start({ CACHE_SIZE: '2' });
});

afterAll(() => system.stopAll());

/** Returns every sample by its name and labels, as Prometheus reads them. */
async function scrape(): Promise<Readonly<Record<string, number>>> {
  const { text } = await system.http
    .get('/metrics')
    .expect(200)
    .expect('Content-Type', /^text\/plain;.* version=0\.0\.4/);
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

/** Returns the growth of each sample during an action. */
async function growth(keys: readonly string[], doing: () => Promise<unknown>): Promise<readonly number[]> {
  const before = await scrape();
  await doing();
  const after = await scrape();
  return keys.map((key) => (after[key] ?? 0) - (before[key] ?? 0));
}

/** Looks stocks up. Resolves to the X-Cache header of each answer. */
async function lookUp(...names: readonly string[]): Promise<readonly (string | undefined)[]> {
  const said = [];
  for (const name of names) said.push((await system.http.get(`/stocks/${name}`)).headers['x-cache']);
  return said;
}

describe('GET /metrics', () => {
  it('counts lookups by their X-Cache header', async () => {
    await system.hit('Nike');
    let said: readonly (string | undefined)[] = [];
    const grown = await growth(
      ['bazaar_lookups_total{result="hit"}', 'bazaar_lookups_total{result="miss"}'],
      async () => {
        await system.hit('Nike');
        said = ['HIT', ...(await lookUp('Ford', 'Nowhere', 'Ford', 'Ford'))];
      },
    );
    const of = (result: string): number => said.filter((value) => value === result).length;
    // Waiting for a hit may have caused misses.
    expect(grown[0]).toBe(of('HIT'));
    expect(grown[1]).toBeGreaterThanOrEqual(of('MISS'));
    expect(of('MISS')).toBeGreaterThanOrEqual(2);
  });

  it('counts evicted entries', async () => {
    await lookUp('Nike', 'Ford');
    const keys = ['bazaar_cache_evictions_total', 'bazaar_cache_entries'];
    expect(await growth(keys, () => lookUp('Nike', 'Ford'))).toEqual([0, 0]);
    expect(await growth(keys, () => lookUp('Tesla', 'Amc', 'Nowhere', 'Amc'))).toEqual([2, 0]);
    expect((await scrape())['bazaar_cache_entries']).toBe(2);
  });

  it('counts invalidated entries as entries, not as evicted: they may be served as stale', async () => {
    await lookUp('Nike');
    const trade = async (): Promise<void> => {
      await system.http.post('/orders').send({ name: 'Nike', type: 'buy', quantity: 1 }).expect(200);
    };
    expect(await growth(['bazaar_cache_entries', 'bazaar_cache_evictions_total'], trade)).toEqual([0, 0]);
  });

  it('counts requests by method and status, including cache hits', async () => {
    const keys = ['GET 200', 'GET 404', 'POST 400', 'PUT 405'].map((key) => {
      const [method, status] = key.split(' ');
      return `bazaar_http_requests_total{method="${method}",status="${status}"}`;
    });
    const grown = await growth(keys, async () => {
      await lookUp('Nike', 'Nike', 'Nike', 'Nowhere');
      await system.http.post('/orders').send({}).expect(400);
      await system.http.put('/orders').expect(405);
    });
    // The previous scrape is counted as well.
    expect(grown).toEqual([4, 1, 1, 1]);
  });

  it('times requests by route, method and status, each kind separately', async () => {
    const expected = {
      'route="/stocks/{name}",method="GET",status="200"': 3,
      'route="/stocks/{name}",method="GET",status="404"': 1,
      'route="/stocks/{name}",method="HEAD",status="200"': 1,
      'route="/orders",method="POST",status="400"': 1,
      'route="/orders",method="PUT",status="405"': 1,
      'route="/orders/{number}",method="GET",status="404"': 1,
      'route="/metrics",method="GET",status="200"': 1,
      'route="/docs",method="GET",status="200"': 1,
    };
    const keys = Object.keys(expected).map((labels) => `bazaar_http_request_duration_seconds_count{${labels}}`);
    const grown = await growth(keys, async () => {
      await lookUp('Nike', 'N%69ke?', 'Nike', 'Nowhere');
      await system.http.head('/stocks/Nike').expect(200);
      await system.http.post('/orders?').send({}).expect(400);
      await system.http.put('/orders').expect(405);
      await system.http.get('/orders/999').expect(404);
      await system.http.get('/docs').expect(200);
    });
    expect(grown).toEqual(Object.values(expected));
  });

  it('has buckets from half a millisecond to five seconds', async () => {
    await lookUp('Nike');
    const bounds = Object.keys(await scrape())
      .filter((key) => key.startsWith('bazaar_http_request_duration_seconds_bucket'))
      .filter((key) => key.includes('route="/stocks/{name}",method="GET",status="200"'))
      .map((key) => /le="([^"]+)"/.exec(key)?.[1]);
    expect([bounds[0], ...bounds.slice(-2)]).toEqual(['0.0005', '5', '+Inf']);
    expect(bounds.length).toBeGreaterThan(10);
  });

  it('has a bounded number of series, whatever strangers request', async () => {
    const ask = async (tag: string): Promise<void> => {
      for (const path of [`/${tag}`, `/orders/1/${tag}`, `/stocks/${tag}`, `/trades?name=${tag}`, `/%zz${tag}`])
        for (const method of ['GET', 'PROPFIND', 'MKCOL']) await fetch(system.url + path, { method });
    };
    await ask('a');
    const before = Object.keys(await scrape());
    await ask('b');
    const keys = Object.keys(await scrape());
    expect(keys.filter((key) => !before.includes(key))).toEqual([]);
    expect(keys.filter((key) => /PROPFIND|MKCOL/.test(key))).toEqual([]);
    expect(keys).toContain('bazaar_http_request_duration_seconds_count{route="other",method="other",status="404"}');
  });

  it('counts itself among the requests in progress', async () => {
    expect((await scrape())['bazaar_http_requests_in_flight']).toBe(1);
  });

  it('reports on this process, and on every member of the group', async () => {
    await expect
      .poll(async () => (await scrape())['bazaar_member_read_lease_seconds{process="catalog-1"}'], { timeout: 10_000 })
      .toBeGreaterThan(0);
    const figures = await scrape();
    expect(figures['process_cpu_seconds_total']).toBeGreaterThan(0);
    for (const process of ['catalog-1', 'order-1', 'order-2', 'order-3']) {
      const of = (figure: string): number | undefined => figures[`bazaar_member_${figure}{process="${process}"}`];
      expect([of('up'), of('lag')]).toEqual([1, 0]);
      expect(of('term')).toBeGreaterThan(0);
      expect(of('applied_index')).toBe(of('commit_index'));
    }
    expect(figures).not.toHaveProperty(['bazaar_member_read_lease_seconds{process="order-1"}']);
  });

  it('still reports known values when members are down', async () => {
    await system.stop('order');
    const figures = await scrape();
    expect(figures['bazaar_member_up{process="order-1"}']).toBe(0);
    expect(figures['bazaar_member_up{process="catalog-1"}']).toBe(1);
    expect(figures).not.toHaveProperty(['bazaar_member_term{process="order-1"}']);
  });

  it('refuses a query', async () => {
    await system.http.get('/metrics?a=1').expect(400);
  });
});
