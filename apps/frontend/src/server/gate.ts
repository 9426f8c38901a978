import type { IncomingMessage, ServerResponse } from 'node:http';
import { ServiceError } from '#contracts';
import { answerError } from '../errors/error-body.js';
import { MAX_BODY_BYTES } from './limits.js';
import { RequestContext } from './request-context.js';
import type { RequestMeter } from './request-meter.js';
import { CONSTANT_HEADERS } from './security-headers.js';

/** Sees every request before the framework: headers of every answer, the limit on requests, what Express is lax about. */
export class Gate {
  private readonly underWay = new Set<ServerResponse>();
  private isClosing = false;

  constructor(
    private readonly requestTimeoutMs: number,
    private readonly maxInFlight: number,
    private readonly meter: RequestMeter,
  ) {}

  get inFlight(): number {
    return this.underWay.size;
  }

  /** Whether nothing keeps a request from being answered at once, and its connection from being used again. */
  get isWideOpen(): boolean {
    return !this.isClosing && this.underWay.size < this.maxInFlight;
  }

  /** From now on each answer, also of a request under way, tells its client to take its next request elsewhere. */
  beginClosing(): void {
    this.isClosing = true;
    for (const response of this.underWay) if (!response.headersSent) response.setHeader('Connection', 'close');
  }

  /** Whether the request may go on. One that may not has been answered. */
  admit(request: IncomingMessage, response: ServerResponse): boolean {
    const startedAt = performance.now();
    const context = RequestContext.begin(request, response, this.requestTimeoutMs);
    response.setHeader('X-Request-Id', context.id);
    for (const [name, value] of CONSTANT_HEADERS) response.setHeader(name, value);
    if (this.isClosing) response.setHeader('Connection', 'close');
    const refusal = this.refusalOf(request);
    if (!refusal) this.underWay.add(response);
    response.once('close', () => {
      this.underWay.delete(response);
      this.meter.count(request, response.writableFinished ? response.statusCode : 'none', startedAt);
    });
    if (refusal) answerError(request, response, refusal);
    return refusal === undefined;
  }

  private refusalOf(request: IncomingMessage): ServiceError | undefined {
    const url = request.url ?? '/';
    if (this.underWay.size >= this.maxInFlight && !isHealthCheck(url)) {
      return new ServiceError('OVERLOADED', `${this.underWay.size} requests are under way, which is the limit`, {
        retryAfterMs: 1000,
      });
    }
    const { host } = request.headers;
    if (host === undefined && request.httpVersion === '1.1') return invalid('the Host header is missing');
    if (host !== undefined && !isOneHost(host)) return invalid('the Host header must be there once, and name one host');
    // Express would answer this in a form of its own.
    if (!url.startsWith('/') && !URL.canParse(url) && !isOptionsOfAll(request))
      return invalid('the URL is neither a path nor a whole URL');
    if (!isDecodable(url)) return invalid('the URL has a percent sign that does not begin a valid UTF-8 sequence');
    // Otherwise part of it would be read before anybody says so.
    if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return new ServiceError('BODY_TOO_LARGE');
    return undefined;
  }
}

/** Whether the Host header is that of one host (RFC 3986, 3.2.2 and 3.2.3). Two of them come as one, with a comma in between. */
export function isOneHost(host: string): boolean {
  return host === '' || /^(\[[\da-f:.]+\]|[\w.~%!$&'()*+;=-]+)(:\d*)?$/i.test(host);
}

/** `OPTIONS *` asks what the server as a whole takes. */
function isOptionsOfAll({ method, url }: IncomingMessage): boolean {
  return method === 'OPTIONS' && url === '*';
}

/** An overloaded gateway is alive; whoever restarted it for that would make things worse. */
function isHealthCheck(url: string): boolean {
  return url === '/livez' || url === '/readyz';
}

function isDecodable(url: string): boolean {
  if (!url.includes('%')) return true;
  try {
    decodeURIComponent(url);
    return true;
  } catch {
    return false;
  }
}

function invalid(problem: string): ServiceError {
  return new ServiceError('INVALID_REQUEST', undefined, { problems: [problem] });
}
