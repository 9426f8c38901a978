import 'reflect-metadata';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { Controller, Get, Module, Param, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

/*
 * The least that a lookup can cost: the same body for the same path, without a cache, a check or a header of ours.
 * A process of its own; its argument says on what, and it sends its port to whoever forked it.
 */

@Controller('stocks')
class BareController {
  @Get(':name')
  lookup(@Param('name') name: string): object {
    return bodyFor(name);
  }
}

@Module({ controllers: [BareController] })
class BareModule {}

function bodyFor(name: string): object {
  return { data: { name, price: 15.99, quantity: 1000 } };
}

const answer: RequestListener = (request, response) => {
  const body = JSON.stringify(bodyFor((request.url ?? '').slice('/stocks/'.length)));
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': body.length });
  response.end(body);
};

async function listen(kind: string): Promise<Server> {
  if (kind === 'node') {
    const server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return server;
  }
  const app: INestApplication = await NestFactory.create(BareModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  return app.getHttpServer() as Server;
}

const server = await listen(process.argv[2] ?? '');
process.send?.((server.address() as AddressInfo).port);
process.once('disconnect', () => process.exit());
