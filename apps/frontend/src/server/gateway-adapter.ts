import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Server as TcpServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { FrontendConfig } from '../frontend.config.js';
import { answerBrokenRequest, answerConnect, answerExpectation } from './broken-request.js';
import { Gate } from './gate.js';
import { MAX_BODY_BYTES, MAX_REQUESTS_IN_FLIGHT } from './limits.js';
import { checkJson } from './strict-json.js';

/** While the server closes, an idle connection is kept for so long: its next request may be on its way already. */
const CLOSING_GRACE_MS = 1000;
/** How often idle connections are looked for after that. */
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
    server.on('connect', answerConnect);
    server.on('checkExpectation', (request, response) => {
      if (this.gate.admit(request, response)) answerExpectation(request, response);
    });
    this.httpServer = server;
  }

  /** JSON only: a form that another site makes a browser send must not be able to trade. */
  override registerParserMiddleware(): void {
    this.useBodyParser('json', false, { limit: MAX_BODY_BYTES, inflate: false, verify: checkJson });
  }

  /**
   * Takes no new connections, and sees off the others without cutting a request: whatever still comes in is served, and its
   * answer asks the client to hang up. The `close()` of Node's HTTP server would destroy idle connections at once, and with
   * them each request that is on its way.
   */
  override async close(): Promise<void> {
    const server = this.httpServer as Server;
    this.gate.beginClosing();
    const closed = new Promise<void>((resolve) => {
      TcpServer.prototype.close.call(server, () => resolve());
    });
    if (await Promise.race([closed.then(() => true), pause(CLOSING_GRACE_MS, false)])) return;
    const closing = setInterval(() => server.closeIdleConnections(), CLOSING_INTERVAL_MS);
    await closed.finally(() => clearInterval(closing));
  }
}
