import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { ExpressGateway } from './express-gateway.js';
import { GatewayServer } from './gateway-server.js';

type Handler = (request: IncomingMessage, response: ServerResponse & { json(body: object): void }) => void;

const servers: GatewayServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function startWith(handler: Handler): Promise<{ server: GatewayServer; url: string }> {
  const server = new GatewayServer({ requestTimeoutMs: 1000, keepAliveTimeoutMs: 1000 });
  servers.push(server);
  const gateway = new ExpressGateway(server);
  gateway.use(handler);
  gateway.initHttpServer();
  await new Promise<void>((resolve) => server.http.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.http.address() as AddressInfo).port}` };
}

it('leaves requests and responses the prototypes that they are made with, for the sake of speed', async () => {
  let prototypes: object[] = [];
  const { server, url } = await startWith((request, response) => {
    prototypes = [request, response].map((message) => Object.getPrototypeOf(message) as object);
    response.json({ by: 'Express' });
  });
  expect(await (await fetch(url)).json()).toEqual({ by: 'Express' });
  expect(prototypes[0]).toBe(server.messages.request.prototype);
  expect(prototypes[1]).toBe(server.messages.response.prototype);
});

it('keeps two gateways in one process apart', async () => {
  const first = await startWith((_, response) => response.json({ by: 'first' }));
  const second = await startWith((_, response) => response.json({ by: 'second' }));
  expect(await (await fetch(first.url)).json()).toEqual({ by: 'first' });
  expect(await (await fetch(second.url)).json()).toEqual({ by: 'second' });
});
