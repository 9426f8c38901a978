import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { StocksService } from '../../apps/frontend/src/stocks/stocks.service.js';
import { TestSystem } from './system.js';

/** A system with two gateways: one answers hits before the framework sees them, the other never does. */
let system: TestSystem;
let gateways: readonly { readonly url: string }[];

beforeAll(async () => {
  system = await TestSystem.start({}, { orders: 1 });
  gateways = await Promise.all(
    [true, false].map(async (takesShortcut) => ({ url: await system.startGateway({}, { takesShortcut }) })),
  );
  for (const { url } of gateways)
    while ((await fetch(`${url}/stocks/GameStart`)).headers.get('x-cache') !== 'HIT') continue;
});

afterAll(() => system.stopAll());

/** Returns every byte of the answer to a request, except the date. */
function bytesOf(url: string, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(request));
    socket.setEncoding('latin1').on('data', (part: string) => {
      answer += part;
      if (isWhole(answer)) socket.end();
    });
    socket.on('close', () => resolve(answer.replace(/^Date: .*$/im, 'Date: now'))).on('error', reject);
  });
}

function isWhole(answer: string): boolean {
  const head = answer.indexOf('\r\n\r\n');
  return head > 0 && answer.length >= head + 4 + Number(/^content-length: (\d+)/im.exec(answer)?.[1]);
}

function get(path: string, ...headers: readonly string[]): string {
  return [`GET ${path} HTTP/1.1`, 'Host: bazaar', 'X-Request-Id: same', ...headers, '', ''].join('\r\n');
}

/** Returns both answers. Asks again after a MISS: on a busy machine the lease may have expired in between. */
async function answers(request: string): Promise<readonly string[]> {
  const all = await Promise.all(gateways.map(({ url }) => bytesOf(url, request)));
  return all.some((answer) => /^x-cache: MISS/im.test(answer)) ? answers(request) : all;
}

describe('a hit that is answered before the framework sees it', () => {
  it.each([
    ['a plain lookup', get('/stocks/GameStart')],
    ['one that ends its connection', get('/stocks/GameStart', 'Connection: close')],
    ['one of HTTP/1.0', get('/stocks/GameStart').replace('HTTP/1.1', 'HTTP/1.0')],
    ['one with irrelevant headers', get('/stocks/GameStart', 'Accept: text/html', 'Range: bytes=0-1', 'Cookie: a=b')],
    ['one with a condition', get('/stocks/GameStart', 'If-None-Match: *')],
  ])('is identical, byte by byte: %s', async (_, request) => {
    const [short, long] = await answers(request);
    expect(short).toBe(long);
    expect(short).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*x-cache: HIT\r\n[^]*"quantity":1000}}$/i);
  });

  it.each([
    ['a query', get('/stocks/GameStart?'), 200],
    ['an unknown query parameter', get('/stocks/GameStart?a=1'), 400],
    ['an escape', get('/stocks/Game%53tart'), 200],
    ['another method', get('/stocks/GameStart').replace('GET', 'PUT'), 405],
    ['no Host', get('/stocks/GameStart').replace('Host: bazaar\r\n', ''), 400],
    ['two Hosts', get('/stocks/GameStart', 'Host: other'), 400],
    ['a body', `${get('/stocks/GameStart', 'Content-Length: 2')}{}`, 200],
    ['an empty name', get('/stocks/'), 404],
    ['a name that breaks the rules', get('/stocks/Game_Start'), 400],
    ['the whole address', get('http://bazaar/stocks/GameStart'), 200],
  ])('leaves anything else to the framework: %s', async (_, request, status) => {
    const [short, long] = await answers(request);
    expect(short).toBe(long);
    expect(short).toContain(`HTTP/1.1 ${status} `);
  });

  it('does not reach the framework', async () => {
    const lookups = vi.spyOn(StocksService.prototype, 'lookup');
    try {
      const counts = [];
      for (const { url } of gateways) {
        lookups.mockClear();
        await bytesOf(url, get('/stocks/GameStart'));
        counts.push(lookups.mock.calls.length);
      }
      expect(counts).toEqual([0, 1]);
    } finally {
      lookups.mockRestore();
    }
  });

  it('answers pipelined requests in order', async () => {
    const [first = ''] = gateways.map(({ url }) => url);
    const requests = ['GameStart', 'Nowhere', 'GameStart'].map((name, i) =>
      get(`/stocks/${name}`, i === 2 ? 'Connection: close' : 'A: b'),
    );
    const all = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(Number(new URL(first).port), '127.0.0.1', () => socket.write(requests.join('')));
      socket
        .on('data', (part) => (text += part.toString()))
        .on('close', () => resolve(text))
        .on('error', reject);
    });
    expect([...all.matchAll(/HTTP\/1.1 (\d+)/g)].map(([, status]) => status)).toEqual(['200', '404', '200']);
  });
});

describe('freshness', () => {
  it('applies to it, too: after a trade it asks the catalog', async () => {
    const trade = { name: 'Nike', type: 'buy', quantity: 1 };
    for (let left = 999; left > 990; left -= 1) {
      await system.http.post('/orders').send(trade).expect(200);
      for (const { url } of gateways) {
        const quantities = [1, 2].map(async () => {
          const { data } = (await (await fetch(`${url}/stocks/Nike`)).json()) as { data: { quantity: number } };
          return data.quantity;
        });
        expect(await Promise.all(quantities)).toEqual([left, left]);
      }
    }
  });
});
