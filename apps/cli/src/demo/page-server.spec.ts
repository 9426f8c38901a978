import { createServer, request, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { PageServer } from './page-server.js';

const servers: { close: () => unknown }[] = [];
/** Requests that reached the control. */
let asked: string[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  asked = [];
});

async function gateway(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function serve(...gateways: string[]): Promise<PageServer> {
  const control = {
    answer: (text: string) => Promise.resolve({ done: String(asked.push(text)), processes: [] }),
  };
  const server = new PageServer(control, () => gateways);
  await server.listen();
  servers.push(server);
  return server;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

function send(
  { url }: PageServer,
  { method = 'POST', path = '/demo', headers = {}, body = '{"action":"list"}' } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(url);
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += String(chunk)));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    sent.on('error', reject).end(method === 'GET' ? undefined : body);
  });
}

function tokenOf({ url }: PageServer): string {
  return new URL(url).hash.slice(1);
}

describe('the server of the live page', () => {
  it('outlives a client that hangs up in the middle of a control request', async () => {
    const server = await serve();
    const client = connect(Number(new URL(server.url).port), '127.0.0.1');
    const head = [
      'POST /demo HTTP/1.1',
      `Host: ${new URL(server.url).host}`,
      `Authorization: Bearer ${tokenOf(server)}`,
    ];
    client.write([...head, 'Content-Length: 99', '', '{'].join('\r\n'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    client.resetAndDestroy();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await send(server)).status).toBe(401);
    expect(asked).toEqual([]);
  });

  it.each(['trailer', 'te', 'expect', 'keep-alive', 'proxy-authorization'])(
    'keeps to itself what concerns one connection only: %s',
    async (name) => {
      const seen: IncomingHttpHeaders[] = [];
      const url = await gateway(({ headers }, response) => response.end(String(seen.push(headers))));
      const server = await serve(url);
      const value = name === 'expect' ? '100-continue' : 'x';
      const headers = { [name]: value, 'transfer-encoding': 'chunked' };
      expect(await send(server, { path: '/orders', headers })).toMatchObject({ status: 200 });
      expect(seen[0]).not.toHaveProperty(name);
    },
  );

  it('passes a control request on, for whoever has its token', async () => {
    const server = await serve();
    const answer = await send(server, { headers: { authorization: `Bearer ${tokenOf(server)}` } });
    expect(answer).toMatchObject({ status: 200, text: '{"done":"1","processes":[]}' });
    expect(asked).toEqual(['{"action":"list"}']);
  });

  it.each([
    [401, 'no token', {}],
    [401, 'a token that is too short', { authorization: 'Bearer x' }],
    [401, 'another token of the same length', { authorization: `Bearer ${'x'.repeat(22)}` }],
    [403, 'the name of another site', { host: 'evil.example' }],
    [403, 'another port', { host: '127.0.0.1:1' }],
  ])('answers %i to %s', async (status, _, headers) => {
    expect((await send(await serve(), { headers })).status).toBe(status);
    expect(asked).toEqual([]);
  });

  it('takes only small requests, by POST', async () => {
    const server = await serve();
    const headers = { authorization: `Bearer ${tokenOf(server)}` };
    expect((await send(server, { headers, body: ' '.repeat(5000) })).status).toBe(413);
    expect((await send(server, { headers, method: 'GET' })).status).toBe(405);
    expect(asked).toEqual([]);
  });

  it('is for no other origin', async () => {
    const { status, headers } = await send(await serve(), {
      method: 'OPTIONS',
      headers: { origin: 'http://a.example' },
    });
    expect(status).toBe(405);
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('passes all else to the first gateway that listens, with its answer as it is', async () => {
    const url = await gateway(({ url: path, method, headers }, response) => {
      response.writeHead(201, { 'x-cache': 'HIT' }).end(`${method} ${path} ${String(headers['idempotency-key'])}`);
    });
    const server = await serve('http://127.0.0.1:1', url);
    const answer = await send(server, { path: '/orders?x=1', headers: { 'idempotency-key': 'k' } });
    expect(answer).toMatchObject({ status: 201, text: 'POST /orders?x=1 k' });
    expect(answer.headers['x-cache']).toBe('HIT');
  });

  it('asks no other server than its gateways', async () => {
    const other = await gateway((_, response) => response.end('other'));
    const mine = await gateway(({ url }, response) => response.end(`mine ${url}`));
    expect((await send(await serve(mine), { method: 'GET', path: `${other}/x` })).text).toBe(`mine ${other}/x`);
  });

  it('says that nothing was executed when no gateway listens', async () => {
    const { status, text } = await send(await serve('http://127.0.0.1:1'), { path: '/orders' });
    expect(status).toBe(503);
    expect(JSON.parse(text)).toMatchObject({ error: { executed: 'no' } });
  });

  it('says that the outcome is unknown when a gateway dies with a request, and gives it to no other', async () => {
    let others = 0;
    const dying = await gateway(({ socket }) => socket.destroy());
    const other = await gateway((_, response) => response.end(String((others += 1))));
    const { status, text } = await send(await serve(dying, other), { path: '/orders' });
    expect(status).toBe(502);
    expect(JSON.parse(text)).toMatchObject({ error: { executed: 'unknown' } });
    expect(others).toBe(0);
  });
});
