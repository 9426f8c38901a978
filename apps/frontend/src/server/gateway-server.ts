import { createServer, IncomingMessage, ServerResponse, type RequestListener, type Server } from 'node:http';
import { Server as TcpServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { ServiceError } from '#contracts';
import { answerError } from '../errors/error-body.js';
import { InvalidRequest } from '../errors/invalid-request.js';
import type { FrontendConfig } from '../frontend.config.js';
import { AdaptiveLimit } from './adaptive-limit.js';
import { answerBrokenRequest, answerConnect } from './broken-request.js';
import { KnownRoutes } from './known-routes.js';
import { headProblem } from './request-checks.js';
import { RequestContext } from './request-context.js';
import { RequestMeter } from './request-meter.js';
import { CONSTANT_HEADERS } from './security-headers.js';

/** Requests in progress beyond this are refused at once; a queue would only delay all of them. */
const MAX_REQUESTS_IN_FLIGHT = 1024;
/** Statuses of a trade that the exchange has decided. */
const OUTCOMES = new Set<number | 'none'>([200, 404, 422]);
/** How long idle connections are kept while the server closes: the next request may already be on its way. */
const CLOSING_GRACE_MS = 1000;
/** Interval between closings of idle connections after that. */
const CLOSING_INTERVAL_MS = 50;

/** Answers some requests before Express sees them, exactly as Express would. */
export interface Shortcut {
  /** Resolves to whether it has answered; undefined for a request that it does not handle. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<boolean> | undefined;
}

export interface GatewayServerOptions {
  /** @default 1024 */
  readonly maxInFlight?: number;
  /** For tests: `false` sends everything through Express. @default true */
  readonly takesShortcut?: boolean;
}

/**
 * The HTTP listener in front of Express. It sees every request first, for what the contract promises of every answer: constant
 * headers, 429 beyond a limit, one form for every error. Trades have a limit of their own, which follows from how fast the exchange
 * decides them; lookups go on beside them. Its timeouts cut off slow clients (slowloris), which Node would hold
 * for 90 s; the interval of their checks can be given only to `createServer`, and Nest does not pass it on.
 */
export class GatewayServer {
  readonly routes = new KnownRoutes();
  readonly meter = new RequestMeter(this.routes);
  /** Classes of this server alone, so that Express can add methods to them. */
  readonly messages = {
    request: class extends IncomingMessage {},
    response: class extends ServerResponse {},
  };
  readonly http: Server;
  private readonly underWay = new Set<ServerResponse>();
  private readonly unanswered = new WeakMap<Socket, Set<ServerResponse>>();
  private readonly trades: AdaptiveLimit;
  private tradesUnderWay = 0;
  private readonly requestTimeoutMs: number;
  private readonly maxInFlight: number;
  private readonly takesShortcut: boolean;
  private shortcut: Shortcut | undefined;
  private framework: RequestListener | undefined;
  private isClosing = false;

  constructor(
    { requestTimeoutMs, keepAliveTimeoutMs }: Pick<FrontendConfig, 'requestTimeoutMs' | 'keepAliveTimeoutMs'>,
    { maxInFlight = MAX_REQUESTS_IN_FLIGHT, takesShortcut = true }: GatewayServerOptions = {},
  ) {
    this.requestTimeoutMs = requestTimeoutMs;
    this.maxInFlight = maxInFlight;
    this.trades = new AdaptiveLimit(maxInFlight);
    this.takesShortcut = takesShortcut;
    this.http = createServer(
      {
        headersTimeout: 3000,
        requestTimeout: 5000,
        connectionsCheckingInterval: 500,
        keepAliveTimeout: keepAliveTimeoutMs,
        // Node would refuse a request without Host in a form of its own.
        requireHostHeader: false,
        // Otherwise Node keeps the first of two Host headers, and nobody learns of the second.
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
      if (!this.admit(request, response)) return;
      // The announced body may or may not follow, so this connection can carry no other request.
      response.setHeader('Connection', 'close');
      answerError(request, response, new InvalidRequest(['Expect can only be 100-continue'], 417));
    });
  }

  /** Number of requests in progress. */
  get inFlight(): number {
    return this.underWay.size;
  }

  /** Number of trades that may be in progress at present. */
  get tradeLimit(): number {
    return this.trades.current;
  }

  /** Passes admitted requests on to Express. */
  serve(framework: RequestListener): Server {
    this.framework = framework;
    return this.http;
  }

  /** Lets a shortcut answer before Express does, as long as the server is neither full nor closing. */
  offer(shortcut: Shortcut): void {
    if (this.takesShortcut) this.shortcut = shortcut;
  }

  /** Stops counting an answer as a request in progress: it is a stream, and lasts as long as its client likes. */
  exempt(response: ServerResponse): void {
    this.underWay.delete(response);
  }

  /**
   * Stops listening and resolves once all connections have ended. Requests that still arrive are served, and their answers ask
   * the client to close. Node's own `close()` destroys idle connections at once, and with them requests on their way.
   */
  async close(): Promise<void> {
    this.isClosing = true;
    for (const response of this.underWay) if (!response.headersSent) response.setHeader('Connection', 'close');
    const closed = new Promise<void>((resolve) => {
      TcpServer.prototype.close.call(this.http, () => resolve());
    });
    if (await Promise.race([closed.then(() => true), pause(CLOSING_GRACE_MS, false)])) return;
    const closing = setInterval(() => this.http.closeIdleConnections(), CLOSING_INTERVAL_MS);
    await closed.finally(() => clearInterval(closing));
  }

  private get isFull(): boolean {
    return this.underWay.size >= this.maxInFlight;
  }

  private receive(request: IncomingMessage, response: ServerResponse): void {
    const answered = this.isClosing || this.isFull ? undefined : this.shortcut?.answer(request, response);
    if (!answered) this.enter(request, response);
    else void answered.then((isAnswered) => isAnswered || this.enter(request, response));
  }

  private enter(request: IncomingMessage, response: ServerResponse): void {
    if (this.admit(request, response)) this.framework?.(request, response);
  }

  /** Returns whether the request may proceed. Otherwise it has been answered. */
  private admit(request: IncomingMessage, response: ServerResponse): boolean {
    const startedAt = performance.now();
    this.closeWithConnection(request.socket, response);
    const { id } = RequestContext.begin(request, response, this.requestTimeoutMs);
    response.setHeader('X-Request-Id', id);
    for (const [name, value] of CONSTANT_HEADERS) response.setHeader(name, value);
    if (this.isClosing) response.setHeader('Connection', 'close');
    response.once('close', () => this.meter.count(request, statusOf(response), startedAt));
    const isTrade = this.isTrade(request);
    const refusal = this.overload(request, isTrade, startedAt) ?? headProblem(request);
    if (refusal) answerError(request, response, refusal);
    else this.begin(request, response, isTrade, startedAt);
    return refusal === undefined;
  }

  /**
   * Node closes only the response that a connection is busy with. Pipelined requests have others behind it, which would be open, and count
   * as under way, for ever.
   */
  private closeWithConnection(socket: Socket, response: ServerResponse): void {
    let responses = this.unanswered.get(socket);
    if (responses === undefined) {
      const all = (responses = new Set<ServerResponse>());
      this.unanswered.set(socket, all);
      // After Node has closed those that it closes.
      socket.once('close', () => setImmediate(() => all.forEach((left) => left.destroy().emit('close'))));
    }
    responses.add(response);
    response.once('close', () => responses.delete(response));
  }

  private begin(request: IncomingMessage, response: ServerResponse, isTrade: boolean, startedAt: number): void {
    if (isTrade) this.tradesUnderWay++;
    if (!isHealthCheck(request)) this.underWay.add(response);
    response.once('close', () => {
      this.underWay.delete(response);
      if (!isTrade) return;
      this.tradesUnderWay--;
      const now = performance.now();
      // Whatever was refused says nothing about how fast the exchange is.
      if (OUTCOMES.has(statusOf(response))) this.trades.answered(now - startedAt, now);
    });
  }

  /** Health checks always pass: an overloaded gateway is alive, and a restart would make things worse. */
  private overload(request: IncomingMessage, isTrade: boolean, now: number): ServiceError | undefined {
    if (isHealthCheck(request)) return undefined;
    if (this.isFull) return overloaded(`${this.underWay.size} requests`);
    if (!isTrade || this.trades.admits(this.tradesUnderWay, now)) return undefined;
    return overloaded(`${this.tradesUnderWay} trades`);
  }

  private isTrade({ method, url = '' }: IncomingMessage): boolean {
    return method === 'POST' && this.routes.templateOf(url) === '/orders';
  }
}

function isHealthCheck({ url }: IncomingMessage): boolean {
  return url === '/livez' || url === '/readyz';
}

function overloaded(what: string): ServiceError {
  return new ServiceError('OVERLOADED', `${what} are under way, which is the limit`, { retryAfterMs: 1000 });
}

function statusOf({ writableFinished, statusCode }: ServerResponse): number | 'none' {
  return writableFinished ? statusCode : 'none';
}
