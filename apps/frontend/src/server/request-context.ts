import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

const REQUEST_ID_PATTERN = /^[\x21-\x7e]{1,128}$/;
/**
 * A tenth of the deadline, but no more than this, is kept back for what comes before and after our attempts: when a group
 * freezes, hundreds of requests end at once, and each has to be logged and answered.
 */
const RESERVE_MS = 500;

const contexts = new WeakMap<IncomingMessage, RequestContext>();

/** What one HTTP request carries through the gateway: its id, its deadline, and the headers of its answer. */
export class RequestContext {
  /** Names the request in every answer, TCP message and log line. */
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

  /** Starts the clock of a request. */
  static begin(request: IncomingMessage, response: ServerResponse, timeoutMs: number): RequestContext {
    const context = new RequestContext(request, response, timeoutMs);
    contexts.set(request, context);
    return context;
  }

  /** Whole milliseconds until the deadline; negative once it has passed. */
  get remainingMs(): number {
    return Math.floor(this.deadline - performance.now());
  }

  /** Sets a header of the answer, unless that is on its way already. */
  setHeader(name: string, value: string): void {
    if (!this.response.headersSent) this.response.setHeader(name, value);
  }
}

/** What names the request: the id that it came with, or a new one. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID_PATTERN.test(given) ? given : randomUUID();
}

/** The context of a request that came in through the gate. */
export function contextOf(request: IncomingMessage): RequestContext {
  const context = contexts.get(request);
  if (!context) throw new Error('the request did not come in through the gateway adapter');
  return context;
}

/** Injects the `RequestContext` into a handler. */
export const Context = createParamDecorator((_: unknown, host: ExecutionContext) =>
  contextOf(host.switchToHttp().getRequest<IncomingMessage>()),
);
