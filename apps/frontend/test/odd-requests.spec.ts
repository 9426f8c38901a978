import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway } from './gateway.js';
import { exchange, rawRequest, type RawAnswer } from './raw-http.js';

let gateway: Awaited<ReturnType<typeof startGateway>>;

beforeAll(async () => {
  gateway = await startGateway();
});

afterAll(() => gateway.app.close());

function send(line: string, ...headers: readonly string[]): Promise<RawAnswer> {
  return exchange(gateway.port, rawRequest(line, headers), false);
}

describe('the Host header', () => {
  it.each([
    ['there twice', 'Host: other'],
    ['there twice, the same', 'Host: bazaar'],
    ['there three times', 'host: a', 'HOST: b'],
    ['there once more, and empty', 'Host:'],
  ])('%s is 400', async (_, ...headers) => {
    for (const path of ['/livez', '/stocks/GameStart', '/nope']) {
      const { status, body } = await send(`GET ${path}`, ...headers);
      expect(status).toBe(400);
      expect(body).toContain('the Host header must be there once, and name one host');
    }
  });

  it.each(['Host: two hosts', 'Host: höst'])('"%s" is 400', async (header) => {
    expect((await exchange(gateway.port, `GET /livez HTTP/1.1\r\n${header}\r\n\r\n`)).status).toBe(400);
  });

  it.each(['Host:', 'Host: [::1]:8080', 'Host: a.example'])('"%s" is taken', async (header) => {
    expect((await exchange(gateway.port, `GET /livez HTTP/1.1\r\n${header}\r\n\r\n`)).status).toBe(200);
  });
});

describe('a condition', () => {
  it.each(['If-None-Match: *', 'If-None-Match: "a", W/"b"', 'If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT'])(
    '%s gets the whole answer, because there is no tag to compare',
    async (header) => {
      for (const path of ['/livez', '/docs', '/openapi.json', '/metrics']) {
        const { status, body } = await send(`GET ${path}`, header);
        expect([path, status, body.length > 0]).toEqual([path, 200, true]);
      }
    },
  );
});

describe('OPTIONS', () => {
  it('of * says what the server takes as a whole', async () => {
    const { status, head } = await send('OPTIONS *');
    expect(status).toBe(204);
    expect(head).toMatch(/^Allow: GET, HEAD, OPTIONS, POST$/im);
  });

  it('of a whole address is that of its path', async () => {
    const { status, head } = await send('OPTIONS http://bazaar/orders?a=1');
    expect(status).toBe(204);
    expect(head).toMatch(/^Allow: GET, HEAD, OPTIONS, POST$/im);
    expect((await send('OPTIONS http://bazaar/nope')).status).toBe(404);
  });

  it('is the only method that * goes with', async () => {
    for (const method of ['GET', 'POST', 'DELETE']) expect((await send(`${method} *`)).status).toBe(400);
  });
});

describe('an idle connection', () => {
  it('is kept longer than a proxy keeps its own', async () => {
    expect((await fetch(`${gateway.url}/livez`)).headers.get('keep-alive')).toBe('timeout=65');
  });

  it('ends after KEEP_ALIVE_TIMEOUT_MS', async () => {
    const impatient = await startGateway({ KEEP_ALIVE_TIMEOUT_MS: '100' });
    try {
      const started = performance.now();
      // Resolves when the gateway closes the connection; this side does not.
      expect((await exchange(impatient.port, 'GET /livez HTTP/1.1\r\nHost: a\r\n\r\n', false)).status).toBe(200);
      expect(performance.now() - started).toBeLessThan(5000);
    } finally {
      await impatient.app.close();
    }
  });
});
