import { ExpressAdapter } from '@nestjs/platform-express';
import type { GatewayServer } from './gateway-server.js';
import { readJsonBody } from './json-body.js';

type Express = Record<'request' | 'response', object>;

/** Nest's Express adapter on the gateway's own server. */
export class ExpressGateway extends ExpressAdapter {
  constructor(private readonly server: GatewayServer) {
    super();
    this.disable('x-powered-by');
    // Answers are never stored, so nobody compares their tags.
    this.set('etag', false);
    // One spelling of each path. Nest has the router made before a setting could reach it.
    Object.assign(this.getInstance<{ router: object }>().router, { caseSensitive: true, strict: true });
    this.makeMessagesExpress();
    // Without tags no answer is 304, which the OpenAPI document does not have: Express would give it to `If-None-Match: *`.
    Object.defineProperty(this.server.messages.request.prototype, 'fresh', { value: false });
  }

  override initHttpServer(): void {
    this.httpServer = this.server.serve(this.getInstance());
  }

  override registerParserMiddleware(): void {
    this.use(readJsonBody);
  }

  /** Nest's own handler knows no 405, which SPEC 3's "an unknown path is 404" leaves for a known path. */
  override setNotFoundHandler(): void {
    this.use(this.server.routes.answerUnhandled);
  }

  override close(): Promise<void> {
    return this.server.close();
  }

  /**
   * Makes requests and responses with the prototypes of Express. Express would change the prototype of each one afterwards,
   * which V8 punishes with three quarters of the time that a request takes (test/bench/RESULTS.md, "What a change is worth").
   */
  private makeMessagesExpress(): void {
    const express = this.getInstance<Express>();
    for (const kind of ['request', 'response'] as const) {
      const { prototype } = this.server.messages[kind];
      Object.setPrototypeOf(prototype, Object.getPrototypeOf(express[kind]) as object);
      Object.defineProperty(prototype, 'app', { configurable: true, enumerable: true, writable: true, value: express });
      express[kind] = prototype;
    }
  }
}
