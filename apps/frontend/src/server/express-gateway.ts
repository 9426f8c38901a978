import type { IncomingMessage } from 'node:http';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { GatewayServer } from './gateway-server.js';
import { readJsonBody } from './json-body.js';

type Express = Record<'request' | 'response', object>;

/** Nest's Express adapter on the gateway's own server. */
export class ExpressGateway extends ExpressAdapter {
  constructor(private readonly server: GatewayServer) {
    super();
    this.disable('x-powered-by');
    // Answers are never stored, so a tag for comparing them would be computed for nobody.
    this.set('etag', false);
    // One spelling of each path. Nest has the router made before a setting could reach it.
    Object.assign(this.getInstance<{ router: object }>().router, { caseSensitive: true, strict: true });
    this.makeMessagesExpress();
    // Without a tag there is nothing to compare: even "if it is not any that I have" gets the whole answer.
    Object.defineProperty(this.server.messages.request.prototype, 'fresh', { value: false });
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

  /**
   * Express gives each request and response another prototype, and from then on whatever Node does with them is slow: three
   * quarters of the time that a request takes. So they get the prototypes of Express when they are made, and what it sets
   * is what they have.
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
