import { createServer, IncomingMessage, ServerResponse, type RequestListener, type Server } from 'node:http';
import { Server as TcpServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { KnownRoutes } from '../errors/known-routes.js';
import type { FrontendConfig } from '../frontend.config.js';
import { answerBrokenRequest, answerConnect, answerExpectation } from './broken-request.js';
import { Gate } from './gate.js';
import { MAX_REQUESTS_IN_FLIGHT } from './limits.js';
import { RequestMeter } from './request-meter.js';

/** While the server closes, an idle connection is kept for so long: its next request may be on its way already. */
const CLOSING_GRACE_MS = 1000;
/** How often idle connections are looked for after that. */
const CLOSING_INTERVAL_MS = 50;

/** Answers some requests before the framework sees them, exactly as the framework would. */
export interface Shortcut {
  /** Resolves to whether it has answered; undefined for a request that is none of its business. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<boolean> | undefined;
}

export interface GatewayServerOptions {
  /** @default 1024 */
  readonly maxInFlight?: number;
  /** For tests: everything goes through the framework. @default true */
  readonly takesShortcut?: boolean;
}

/**
 * A hardened HTTP server, whose gate sees every request before the framework does.
 * Node checks connections only every 30 s by default, and the interval can be given only when the server is made.
 */
export class GatewayServer {
  readonly routes = new KnownRoutes();
  readonly meter = new RequestMeter(this.routes);
  /** Classes of this server alone, so that the framework can give them methods of its own. */
  readonly messages = {
    request: class extends IncomingMessage {},
    response: class extends ServerResponse {},
  };
  readonly http: Server;
  private readonly gate: Gate;
  private readonly takesShortcut: boolean;
  private shortcut: Shortcut | undefined;
  private framework: RequestListener | undefined;

  constructor(
    { requestTimeoutMs, keepAliveTimeoutMs }: Pick<FrontendConfig, 'requestTimeoutMs' | 'keepAliveTimeoutMs'>,
    { maxInFlight = MAX_REQUESTS_IN_FLIGHT, takesShortcut = true }: GatewayServerOptions = {},
  ) {
    this.gate = new Gate(requestTimeoutMs, maxInFlight, this.meter);
    this.takesShortcut = takesShortcut;
    this.http = createServer(
      {
        headersTimeout: 3000,
        requestTimeout: 5000,
        connectionsCheckingInterval: 500,
        keepAliveTimeout: keepAliveTimeoutMs,
        requireHostHeader: false,
        // Otherwise the second of two would be dropped, and who is right about them decided by chance.
        joinDuplicateHeaders: true,
        IncomingMessage: this.messages.request,
        ServerResponse: this.messages.response,
      },
      (request, response) => this.receive(request, response),
    );
    this.http.maxConnections = 4096;
    this.http.on('clientError', answerBrokenRequest);
    this.http.on('connect', answerConnect);
    this.http.on('checkExpectation', (request, response) => {
      if (this.gate.admit(request, response)) answerExpectation(request, response);
    });
  }

  /** Requests under way. */
  get inFlight(): number {
    return this.gate.inFlight;
  }

  /** Hands what comes through the gate to the framework. */
  serve(framework: RequestListener): Server {
    this.framework = framework;
    return this.http;
  }

  /** Lets something answer before the framework does, while there is no reason to look closer at a request. */
  offer(shortcut: Shortcut): void {
    if (this.takesShortcut) this.shortcut = shortcut;
  }

  /**
   * Takes no new connections, and sees off the others without cutting a request: whatever still comes in is served, and its
   * answer asks the client to hang up. The `close()` of Node's HTTP server would destroy idle connections at once, and with
   * them each request that is on its way.
   */
  async close(): Promise<void> {
    this.gate.beginClosing();
    const closed = new Promise<void>((resolve) => {
      TcpServer.prototype.close.call(this.http, () => resolve());
    });
    if (await Promise.race([closed.then(() => true), pause(CLOSING_GRACE_MS, false)])) return;
    const closing = setInterval(() => this.http.closeIdleConnections(), CLOSING_INTERVAL_MS);
    await closed.finally(() => clearInterval(closing));
  }

  private receive(request: IncomingMessage, response: ServerResponse): void {
    const answered = this.gate.isWideOpen ? this.shortcut?.answer(request, response) : undefined;
    if (!answered) this.enter(request, response);
    else void answered.then((isAnswered) => isAnswered || this.enter(request, response));
  }

  private enter(request: IncomingMessage, response: ServerResponse): void {
    if (this.gate.admit(request, response)) this.framework?.(request, response);
  }
}
