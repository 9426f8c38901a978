import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpClient, NetworkFailure } from './http-client.js';

let server: Server | undefined;

afterEach(() => {
  server?.close();
  server?.closeAllConnections();
});

async function clientOf(listener: RequestListener, timeoutMs = 1000): Promise<HttpClient> {
  const listening = createServer(listener);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const address = listening.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return new HttpClient({ url: `http://127.0.0.1:${port}`, connections: 2, timeoutMs });
}

describe('HttpClient', () => {
  it('returns status, headers and body of any answer, JSON or not', async () => {
    const http = await clientOf((request, response) => {
      response.writeHead(request.url === '/json' ? 200 : 500, { 'x-cache': 'HIT' });
      response.end(request.url === '/json' ? '{"data":1}' : 'plain');
    });
    expect(await http.send({ method: 'GET', path: '/json' })).toMatchObject({ status: 200, json: { data: 1 } });
    const plain = await http.send({ method: 'GET', path: '/other' });
    expect(plain).toMatchObject({ status: 500, text: 'plain', headers: { 'x-cache': 'HIT' } });
    expect(plain.json).toBeUndefined();
    http.close();
  });

  it('knows that a refused connection delivered nothing', async () => {
    const http = new HttpClient({ url: 'http://127.0.0.1:1', connections: 1, timeoutMs: 1000 });
    await expect(http.send({ method: 'GET', path: '/' })).rejects.toEqual(
      expect.objectContaining({ message: 'connection refused', mayHaveArrived: false }),
    );
  });

  it('gives up at its deadline, even in the middle of a body', async () => {
    const http = await clientOf((request, response) => {
      if (request.url === '/half') response.write('half of the bo');
    }, 100);
    for (const path of ['/none', '/half']) {
      const failure: unknown = await http.send({ method: 'GET', path }).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(NetworkFailure);
      expect(failure).toMatchObject({ mayHaveArrived: true });
    }
  });

  it('cannot tell whether a request arrived whose connection broke', async () => {
    const http = await clientOf((request) => request.socket.destroy());
    await expect(http.send({ method: 'GET', path: '/' })).rejects.toMatchObject({
      message: 'connection broke off (ECONNRESET)',
      mayHaveArrived: true,
    });
  });
});
