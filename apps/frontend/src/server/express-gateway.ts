import type { IncomingMessage } from 'node:http';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { GatewayServer } from './gateway-server.js';
import { readJsonBody } from './json-body.js';

/** Nest's Express adapter on the gateway's own server. */
export class ExpressGateway extends ExpressAdapter {
  constructor(private readonly server: GatewayServer) {
    super();
    this.disable('x-powered-by');
    // Answers are never stored, so a tag for comparing them would be computed for nobody.
    this.set('etag', false);
    // As under Fastify: one spelling of each path. Nest has the router made before a setting could reach it.
    Object.assign(this.getInstance<{ router: object }>().router, { caseSensitive: true, strict: true });
  }

  override initHttpServer(): void {
    this.httpServer = this.server.serve(this.getInstance());
  }

  override registerParserMiddleware(): void {
    this.use((request: IncomingMessage & { body?: unknown }, _response: unknown, next: (error?: Error) => void) => {
      readJsonBody(request, (error, body) => {
        request.body = body;
        next(error ?? undefined);
      });
    });
  }

  override close(): Promise<void> {
    return this.server.close();
  }
}
