import { ExpressAdapter } from '@nestjs/platform-express';
import type { GatewayServer } from './gateway-server.js';
import { readJsonBody } from './json-body.js';

type Express = Record<'request' | 'response', object>;

/** Nest's Express adapter on the gateway's own server. */
export class ExpressGateway extends ExpressAdapter {
  constructor(private readonly server: GatewayServer) {
    super();
    this.disable('x-powered-by');
    // `Cache-Control: no-store` leaves no one to compare tags.
    this.set('etag', false);
    // Unknown paths are 404, also /Stocks and /stocks/. Nest creates the router before settings could reach it.
    Object.assign(this.getInstance<{ router: object }>().router, { caseSensitive: true, strict: true });
    this.makeMessagesExpress();
    // Otherwise Express would answer `If-None-Match: *` with 304, which the OpenAPI document does not allow.
    Object.defineProperty(this.server.messages.request.prototype, 'fresh', { value: false });
  }

  override initHttpServer(): void {
    this.httpServer = this.server.serve(this.getInstance());
  }

  override registerParserMiddleware(): void {
    this.use(readJsonBody);
  }

  /** Replaces Nest's handler, which answers 404 also when the path is known and the method is not. */
  override setNotFoundHandler(): void {
    this.use(this.server.routes.answerUnhandled);
  }

  override close(): Promise<void> {
    return this.server.close();
  }

  /**
   * Creates requests and responses with the prototypes of Express. Express would set the prototype of each one afterwards, and
   * V8 then takes three quarters of the time of a bare request for slow property access (test/bench/RESULTS.md).
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
