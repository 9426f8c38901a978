import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startGateway } from './gateway.js';
import { typedHttp } from './typed-http.js';

/** A peer that reads and never answers. */
let peer: Server;
const sockets = new Set<Socket>();
/** Everything that the peer received. */
let received = '';
let stop: (() => Promise<void>) | undefined;

beforeEach(async () => {
  received = '';
  peer = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('data', (data) => (received += data.toString()));
  });
  await new Promise<void>((resolve) => peer.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  peer.close();
  await stop?.();
  stop = undefined;
});

async function start(settings: Record<string, string> = {}, maxInFlight?: number): Promise<string> {
  const { port } = peer.address() as AddressInfo;
  // Without a cache the gateway sends no watch, so the peer receives only the calls of the requests.
  const env = { CATALOG_REPLICAS: `1=127.0.0.1:${port}`, CACHE_ENABLED: 'false', ...settings };
  const gateway = await startGateway(env, maxInFlight);
  stop = () => gateway.app.close();
  return gateway.url;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('X-Request-Id', () => {
  it('is made when absent, on every kind of answer', async () => {
    const url = await start();
    for (const path of ['/livez', '/nope', '/stocks/%zz', '/docs', '/stocks/_']) {
      const { headers } = await typedHttp(url).get(path);
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('is kept when it is visible ASCII, and replaced when it is not', async () => {
    const url = await start();
    await typedHttp(url).get('/livez').set('X-Request-Id', 'mine!').expect('X-Request-Id', 'mine!');
    for (const bad of ['a b', 'x'.repeat(129), ''])
      await typedHttp(url)
        .get('/livez')
        .set('X-Request-Id', bad)
        .expect('X-Request-Id', /^[0-9a-f-]{36}$/);
  });

  it('travels in every TCP message, with what is left of the deadline', async () => {
    const url = await start({ REQUEST_TIMEOUT_MS: '300' });
    await typedHttp(url).get('/stocks/GameStart').set('X-Request-Id', 'trace-me').expect(503);
    const message = JSON.parse(received.slice(received.indexOf('{'), received.lastIndexOf('}') + 1)) as {
      data: { requestId: string; timeoutMs: number };
    };
    expect(message.data).toMatchObject({ name: 'GameStart', requestId: 'trace-me' });
    expect(message.data.timeoutMs).toBeLessThanOrEqual(300);
  });
});

describe('a gateway with too much to do', () => {
  it('turns requests away with 429 and Retry-After, but still says that it lives', async () => {
    const url = await start({ REQUEST_TIMEOUT_MS: '1000' }, 1);
    const busy = typedHttp(url).get('/stocks/GameStart').then();
    await until(() => received !== '');
    for (const send of [typedHttp(url).get('/stocks'), typedHttp(url).post('/orders').send({})]) {
      const { body } = await send.expect(429).expect('Retry-After', '1');
      expect(body.error).toMatchObject({ code: 429, reason: 'OVERLOADED', executed: 'no' });
    }
    await typedHttp(url).get('/livez').expect(200);
    for (const socket of sockets) socket.destroy();
    expect((await busy).status).toBe(503);
    await typedHttp(url).get('/leader').expect(503);
  });
});

describe('requests that wait behind others on a connection which then breaks', () => {
  it('are under way no longer', async () => {
    const url = await start({ REQUEST_TIMEOUT_MS: '300' });
    const metrics = (): Promise<string> => fetch(`${url}/metrics`).then((response) => response.text());
    const inFlight = async (): Promise<number> => Number(/requests_in_flight (\d+)/.exec(await metrics())?.[1]);
    const body = '{"name":"Ford","type":"buy","quantity":1}';
    const orders = `POST /orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const others = ['/orders/1', '/stream', '/trades', '/livez'].map(
      (path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`,
    );
    const clients = Array.from({ length: 5 }, () => connect(Number(new URL(url).port), '127.0.0.1'));
    for (const client of clients) client.on('error', () => undefined).write((orders + others.join('')).repeat(3));
    await expect.poll(inFlight).toBeGreaterThan(5 * 9);
    for (const client of clients) client.resetAndDestroy();
    await expect.poll(inFlight, { timeout: 3000 }).toBe(1);
    expect(await metrics()).toContain('bazaar_streams_open 0');
  });
});

describe('a gateway that stops', () => {
  it('finishes what is under way and does not wait for idle connections', async () => {
    const url = await start({ REQUEST_TIMEOUT_MS: '500' });
    await fetch(`${url}/livez`).then((response) => response.text());
    const underWay = fetch(`${url}/stocks/GameStart`);
    await until(() => received !== '');
    const started = performance.now();
    const stopped = stop?.();
    stop = undefined;
    expect((await underWay).status).toBe(503);
    await stopped;
    expect(performance.now() - started).toBeLessThan(4000);
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  });
});

describe('security headers', () => {
  it('are on every answer', async () => {
    const url = await start();
    for (const path of ['/livez', '/nope', '/docs', '/stocks/%zz']) {
      const { headers } = await typedHttp(url).get(path);
      expect(headers['content-security-policy']).not.toMatch(/https?:/);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['x-powered-by']).toBeUndefined();
    }
  });
});
