import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFrozenPeer, TestSystem } from './system.js';

let system: TestSystem;

beforeAll(async () => {
  system = await TestSystem.start();
});

afterAll(() => system.stopAll());

describe('with everything up', () => {
  it('GET /leader names the order leader', async () => {
    const { body } = await system.http.get('/leader').expect(200);
    expect(body).toEqual({
      data: { leader: `127.0.0.1:${system.orderPort}`, id: 1, term: expect.any(Number) as number },
    });
  });

  it('GET /cluster shows every process, the gateway included', async () => {
    const { body } = await system.http.get('/cluster').expect(200);
    expect(body.data).toMatchObject({ leader: { id: 1 }, unrecordedTrades: 0 });
    expect(body.data.processes.map((entry: { process: string }) => entry.process)).toEqual([
      'frontend',
      'catalog-1',
      'order-1',
    ]);
    expect(body.data.processes[0]).toMatchObject({ address: new URL(system.url).host, up: true, role: 'gateway' });
    for (const entry of body.data.processes.slice(1)) {
      expect(entry).toMatchObject({ up: true, ready: true, problem: null, role: 'leader', lag: 0 });
      for (const figure of ['term', 'lastIndex', 'commitIndex', 'appliedIndex'])
        expect(entry[figure]).toBeGreaterThan(0);
    }
  });

  it('GET /livez and GET /readyz say that all is well', async () => {
    const live = await system.http.get('/livez').expect(200);
    expect(live.body.data.status).toBe('ok');
    const ready = await system.http.get('/readyz').expect(200);
    expect(ready.body.data).toMatchObject({
      status: 'ok',
      details: { catalog: { status: 'up', leader: 'catalog-1' }, order: { status: 'up', leader: 'order-1' } },
    });
  });
});

describe('without the order group', () => {
  beforeAll(() => system.stop('order'));

  it('GET /leader is 503 and names who was asked', async () => {
    const { body } = await system.http.get('/leader').expect(503).expect('Retry-After', '1');
    expect(body.error).toMatchObject({ code: 503, reason: 'NO_LEADER', executed: 'no' });
    expect(body.error.message).toContain('order-1 refuses connections');
  });

  it('GET /cluster still answers', async () => {
    const { body } = await system.http.get('/cluster').expect(200);
    expect(body.data.leader).toBeNull();
    expect(body.data.processes[2]).toMatchObject({ process: 'order-1', up: false, role: 'unknown', term: null });
    expect(body.data.processes[1]).toMatchObject({ process: 'catalog-1', up: true });
  });

  it('GET /readyz is 503 with the reason and each check, GET /livez is not', async () => {
    const { body } = await system.http.get('/readyz').expect(503).expect('Retry-After', '1');
    expect(body.error).toMatchObject({ code: 503, reason: 'NO_QUORUM', executed: 'no' });
    expect(body.error.message).toContain('order-1 refuses connections');
    expect(body.error.details).toMatchObject({ catalog: { status: 'up' }, order: { status: 'down' } });
    await system.http.get('/livez').expect(200);
  });

  it('lookups go on', async () => {
    await system.http.get('/stocks/Nike').expect(200);
  });
});

describe('with frozen peers', () => {
  it('health answers within a second', async () => {
    const [catalog, order] = [await startFrozenPeer(), await startFrozenPeer()];
    const settings = {
      CATALOG_REPLICAS: `1=127.0.0.1:${catalog.port}`,
      ORDER_REPLICAS: `1=127.0.0.1:${order.port}`,
    };
    const cut = await TestSystem.start(settings, ['frontend']);
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
