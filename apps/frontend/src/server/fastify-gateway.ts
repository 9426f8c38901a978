import type { RequestListener } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { GatewayServer } from './gateway-server.js';
import { readJsonBody } from './json-body.js';

/** Nest's Fastify adapter on the gateway's own server. */
export class FastifyGateway extends FastifyAdapter {
  constructor(private readonly server: GatewayServer) {
    super({
      serverFactory: (handler: RequestListener) => server.serve(handler),
      // The server answers broken requests itself, whatever framework is on it.
      clientErrorHandler: () => undefined,
      // There is no middleware in the style of Express.
      skipMiddie: true,
      // Else a long name would be a path that does not exist.
      routerOptions: { maxParamLength: 16_384 },
    });
    // Its router takes /stocks/ for the stock with the empty name.
    this.getInstance().addHook('onRequest', (request, reply, done) => {
      if (Object.values(request.params as object).includes('')) reply.callNotFound();
      else done();
    });
  }

  override registerParserMiddleware(): void {
    const fastify = this.getInstance();
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser('*', (request, _payload, done) => readJsonBody(request.raw, done));
  }

  /** Fastify would refuse what still comes in, so it is told only when nothing can come any more. */
  override async close(): Promise<void> {
    await this.server.close();
    await super.close();
  }
}
