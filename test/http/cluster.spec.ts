import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pause, startFrozenPeer, TestSystem } from './system.js';

let system: TestSystem;

beforeAll(async () => {
  system = await TestSystem.start();
});

afterAll(() => system.stopAll());

describe('with everything up', () => {
  it('GET /leader names the order leader: the highest id, once it has caught up', async () => {
    const leader = async (): Promise<unknown> => (await system.http.get('/leader').expect(200)).body;
    await expect.poll(leader, { timeout: 10_000 }).toEqual({
      data: { leader: `127.0.0.1:${system.portOf('order-3')}`, id: 3, term: expect.any(Number) as number },
    });
  });

  it('GET /cluster shows every process, the gateway included', async () => {
    const { body } = await system.http.get('/cluster').expect(200);
    expect(body.data).toMatchObject({ leader: { id: 3 } });
    const roles = body.data.processes.map(({ process, role }) => [process, role]);
    expect(roles).toEqual([
      ['frontend', 'gateway'],
      ['catalog-1', 'learner'],
      ['order-1', 'follower'],
      ['order-2', 'follower'],
      ['order-3', 'leader'],
    ]);
    expect(body.data.processes[0]).toMatchObject({ address: new URL(system.url).host, up: true, readLeaseMs: null });
    for (const entry of body.data.processes.slice(1)) {
      expect(entry).toMatchObject({ up: true, ready: true, problem: null });
      for (const figure of ['term', 'lastIndex', 'commitIndex', 'appliedIndex'])
        expect(entry[figure]).toBeGreaterThan(0);
    }
  });

  it('GET /cluster shows read leases only of catalogs', async () => {
    const leases = async (): Promise<unknown> => {
      const { body } = await system.http.get('/cluster').expect(200);
      return body.data.processes.map(({ readLeaseMs }) => readLeaseMs);
    };
    const some = expect.any(Number) as number;
    await expect.poll(leases, { timeout: 10_000 }).toEqual([null, some, null, null, null]);
  });

  it('GET /livez and GET /readyz report success', async () => {
    const live = await system.http.get('/livez').expect(200);
    expect(live.body.data.status).toBe('ok');
    const ready = await system.http.get('/readyz').expect(200);
    expect(ready.body.data).toMatchObject({
      status: 'ok',
      details: { catalog: { status: 'up', catalogs: ['catalog-1'] }, order: { status: 'up', leader: 'order-3' } },
    });
  });
});

describe('with a follower down', () => {
  beforeAll(() => system.stop('order-1'));
  afterAll(() => system.start('order-1'));

  it('GET /cluster shows it, and GET /readyz still succeeds', async () => {
    const { body } = await system.http.get('/cluster').expect(200);
    expect(body.data.processes[2]).toMatchObject({ process: 'order-1', up: false, role: 'unknown', term: null });
    await system.http.get('/readyz').expect(200);
  });
});

describe('without a majority of the order replicas', () => {
  beforeAll(async () => {
    await system.stop('order-1');
    await system.stop('order-2');
    // The third replica leads until it notices.
    while ((await fetch(`${system.url}/leader`)).status !== 503) await pause(20);
  });

  it('GET /leader is 503 and names the members asked', async () => {
    const { body } = await system.http.get('/leader').expect(503).expect('Retry-After', '1');
    expect(body.error).toMatchObject({ code: 503, reason: 'NO_LEADER', executed: 'no' });
    expect(body.error.message).toContain('order-1 refuses connections');
    expect(body.error.message).toContain('order-3 is ');
  });

  it('GET /cluster still answers', async () => {
    const { body } = await system.http.get('/cluster').expect(200);
    expect(body.data.leader).toBeNull();
    expect(body.data.processes[1]).toMatchObject({ process: 'catalog-1', up: true });
    expect(body.data.processes[3]).toMatchObject({ process: 'order-2', up: false, role: 'unknown', term: null });
    expect(body.data.processes[4]).toMatchObject({ process: 'order-3', up: true, ready: false });
  });

  it('GET /readyz is 503 with the reason and each check, GET /livez is not', async () => {
    const { body } = await system.http.get('/readyz').expect(503).expect('Retry-After', '1');
    expect(body.error).toMatchObject({ code: 503, reason: 'NO_QUORUM', executed: 'no' });
    expect(body.error.message).toContain('order-1 refuses connections');
    expect(body.error.details).toMatchObject({ catalog: { status: 'up' }, order: { status: 'down' } });
    await system.http.get('/livez').expect(200);
  });

  it('lookups continue', async () => {
    await system.http.get('/stocks/Nike').expect(200);
  });
});

describe('with frozen peers', () => {
  it('health checks answer within a second', async () => {
    const [catalog, order] = [await startFrozenPeer(), await startFrozenPeer()];
    const settings = {
      CATALOG_REPLICAS: `1=127.0.0.1:${catalog.port}`,
      ORDER_REPLICAS: `1=127.0.0.1:${order.port}`,
    };
    const cut = await TestSystem.start(settings, { parts: ['frontend'] });
    try {
      for (const [path, status] of [
        ['/readyz', 503],
        ['/livez', 200],
        ['/leader', 503],
        ['/cluster', 200],
      ] as const) {
        const started = performance.now();
        await cut.http.get(path).expect(status);
        expect(performance.now() - started).toBeLessThan(1000);
      }
    } finally {
      await cut.stopAll();
      catalog.stop();
      order.stop();
    }
  });
});
