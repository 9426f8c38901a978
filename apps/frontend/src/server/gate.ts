import type { IncomingMessage, ServerResponse } from 'node:http';
import { ServiceError } from '@stock-bazaar/contracts';
import helmet from 'helmet';
import { answerError } from '../errors/error-body.js';
import { MAX_BODY_BYTES } from './limits.js';
import { RequestContext } from './request-context.js';

/** Swagger UI has inline styles and images; nothing is ever loaded from another host. */
const secure = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      baseUri: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      objectSrc: ["'none'"],
      imgSrc: ["'self'", 'data:'],
      styleSrc: ["'self'", "'unsafe-inline'"],
    },
  },
  // The gateway speaks plain HTTP; whatever ends TLS in front of it decides about this.
  strictTransportSecurity: false,
});

/** Sees every request before the framework: headers of every answer, the limit on requests, what Express is lax about. */
export class Gate {
  private readonly inFlight = new Set<ServerResponse>();
  private isClosing = false;

  constructor(
    private readonly requestTimeoutMs: number,
    private readonly maxInFlight: number,
  ) {}

  /** From now on each answer, also of a request under way, tells its client to take its next request elsewhere. */
  beginClosing(): void {
    this.isClosing = true;
    for (const response of this.inFlight) if (!response.headersSent) response.setHeader('Connection', 'close');
  }

  /** Whether the request may go on. One that may not has been answered. */
  admit(request: IncomingMessage, response: ServerResponse): boolean {
    const context = RequestContext.begin(request, response, this.requestTimeoutMs);
    response.setHeader('X-Request-Id', context.id);
    response.setHeader('Cache-Control', 'no-store');
    if (this.isClosing) response.setHeader('Connection', 'close');
    secure(request, response, () => undefined);
    const refusal = this.refusalOf(request);
    if (refusal) {
      answerError(request, response, refusal);
      return false;
    }
    this.inFlight.add(response);
    response.once('close', () => this.inFlight.delete(response));
    return true;
  }

  private refusalOf(request: IncomingMessage): ServiceError | undefined {
    const url = request.url ?? '/';
    if (this.inFlight.size >= this.maxInFlight && !isHealthCheck(url)) {
      return new ServiceError('OVERLOADED', `${this.inFlight.size} requests are under way, which is the limit`, {
        retryAfterMs: 1000,
      });
    }
    if (request.httpVersion === '1.1' && request.headers.host === undefined)
      return invalid('the Host header is missing');
    if (!isDecodable(url)) return invalid('the URL has a percent sign that does not begin a valid UTF-8 sequence');
    // Express would read such a body to its end before it answers.
    if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return new ServiceError('BODY_TOO_LARGE');
    return undefined;
  }
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
