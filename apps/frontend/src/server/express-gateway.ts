import { ExpressAdapter } from '@nestjs/platform-express';
import type { GatewayServer } from './gateway-server.js';
import { MAX_BODY_BYTES } from './limits.js';
import { checkJson } from './strict-json.js';

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

  /** JSON only: a form that another site makes a browser send must not be able to trade. */
  override registerParserMiddleware(): void {
    this.useBodyParser('json', false, { limit: MAX_BODY_BYTES, inflate: false, verify: checkJson });
  }

  override close(): Promise<void> {
    return this.server.close();
  }
}
