import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { FrontendConfig } from '../frontend.config.js';
import { answerBrokenRequest } from './broken-request.js';
import { Gate } from './gate.js';
import { MAX_BODY_BYTES, MAX_REQUESTS_IN_FLIGHT } from './limits.js';

/** How often idle connections are looked for while the server closes. */
const CLOSING_INTERVAL_MS = 50;

/**
 * Nest's Express adapter on a hardened HTTP server, behind a gate that sees every request before Express does.
 * Node checks connections only every 30 s by default, and the interval can be given only when the server is made.
 */
export class GatewayAdapter extends ExpressAdapter {
  private readonly gate: Gate;

  constructor({ requestTimeoutMs }: Pick<FrontendConfig, 'requestTimeoutMs'>, maxInFlight = MAX_REQUESTS_IN_FLIGHT) {
    super();
    this.gate = new Gate(requestTimeoutMs, maxInFlight);
    this.disable('x-powered-by');
    // Answers are never stored, so a tag for comparing them would be computed for nobody.
    this.set('etag', false);
    // As under Fastify: one spelling of each path. Nest has the router made before a setting could reach it.
    Object.assign(this.getInstance<{ router: object }>().router, { caseSensitive: true, strict: true });
  }

  override initHttpServer(): void {
    const express = this.getInstance<(request: IncomingMessage, response: ServerResponse) => void>();
    const server = createServer(
      {
        headersTimeout: 3000,
        requestTimeout: 5000,
        connectionsCheckingInterval: 500,
        keepAliveTimeout: 30_000,
        requireHostHeader: false,
      },
      (request, response) => {
        if (this.gate.admit(request, response)) express(request, response);
      },
    );
    server.maxConnections = 4096;
    server.on('clientError', answerBrokenRequest);
    this.httpServer = server;
  }

  /** JSON only: a form that another site makes a browser send must not be able to trade. */
  override registerParserMiddleware(): void {
    this.useBodyParser('json', false, { limit: MAX_BODY_BYTES, inflate: false });
  }

  /** Connections that were busy when the server began to close would otherwise keep it open until they time out. */
  override async close(): Promise<void> {
    const closing = setInterval(
      () => (this.httpServer as ReturnType<typeof createServer>).closeIdleConnections(),
      CLOSING_INTERVAL_MS,
    );
    try {
      await super.close();
    } finally {
      clearInterval(closing);
    }
  }
}
