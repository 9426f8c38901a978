import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

const REQUEST_ID_PATTERN = /^[\x21-\x7e]{1,128}$/;
/**
 * Maximum time kept back for work before and after the attempts, in milliseconds; otherwise a tenth of the deadline. When a
 * group freezes, hundreds of requests end at once, and each has to be logged and answered.
 */
const RESERVE_MS = 500;

const contexts = new WeakMap<IncomingMessage, RequestContext>();

/** The request behind a call to another process. */
export interface Caller {
  readonly id: string;
  /** Whole milliseconds for which the caller waits. */
  readonly remainingMs: number;
}

/** Carries the id and the deadline of one HTTP request through the gateway, and sets headers of its answer. */
export class RequestContext implements Caller {
  /** Identifies the request in its answer, every TCP message and every log line. */
  readonly id: string;
  private readonly deadline: number;

  private constructor(
    request: IncomingMessage,
    private readonly response: ServerResponse,
    timeoutMs: number,
  ) {
    this.id = requestIdOf(request);
    this.deadline = performance.now() + timeoutMs - Math.min(RESERVE_MS, timeoutMs / 10);
  }

  /** Starts the deadline of a request, which is `timeoutMs` from now. */
  static begin(request: IncomingMessage, response: ServerResponse, timeoutMs: number): RequestContext {
    const context = new RequestContext(request, response, timeoutMs);
    contexts.set(request, context);
    return context;
  }

  /** Whole milliseconds until the deadline; negative once it has passed. */
  get remainingMs(): number {
    return Math.floor(this.deadline - performance.now());
  }

  /** Sets a header of the answer, unless the headers have been sent. */
  setHeader(name: string, value: string): void {
    if (!this.response.headersSent) this.response.setHeader(name, value);
  }
}

/** Returns the id that the request came with, or a new one. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID_PATTERN.test(given) ? given : randomUUID();
}

/** Returns the context of a request that the gateway's server has admitted. */
export function contextOf(request: IncomingMessage): RequestContext {
  const context = contexts.get(request);
  if (!context) throw new Error('the request did not arrive through the gateway server');
  return context;
}

/** Injects the `RequestContext` into a handler. */
export const Context = createParamDecorator((_: unknown, host: ExecutionContext) =>
  contextOf(host.switchToHttp().getRequest<IncomingMessage>()),
);
