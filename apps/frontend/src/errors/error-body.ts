import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reason, ServiceError } from '#contracts';

/** What every failure looks like. */
export interface ErrorBody {
  readonly error: {
    /** The HTTP status. */
    readonly code: number;
    readonly message: string;
    readonly reason: Reason;
    /** Whether this request, not an earlier one with the same key, may have executed a trade. */
    readonly executed: 'no' | 'unknown';
    /** What to do next. */
    readonly hint?: string;
    /** Everything that is wrong with the request. */
    readonly problems?: readonly string[];
    /** The health checks, by name. */
    readonly details?: object;
  };
}

/** What to do next, where the error itself does not say it better. */
const HINTS: Partial<Record<Reason, string>> = {
  ROUTE_NOT_FOUND: 'GET /docs lists every path',
  METHOD_NOT_ALLOWED: 'the Allow header lists what this path takes',
  UNSUPPORTED_MEDIA_TYPE: "add the header; with curl: -H 'content-type: application/json'",
  IDEMPOTENCY_KEY_REUSED: 'send a new trade with a new Idempotency-Key',
  OVERLOADED: 'send it again after the seconds in Retry-After',
  INTERNAL_ERROR: 'look for the X-Request-Id of this answer in the logs',
  NO_LEADER:
    'the replicas elect a leader by themselves as soon as a majority is up; send it again after the seconds in Retry-After',
  NO_QUORUM: 'start the replicas that are down, then send it again',
  CATALOG_UNAVAILABLE: 'start a catalog, then send it again',
  WRONG_GROUP:
    'check the data directories and the lists of members; if the group was replaced on purpose, restart the process that says so',
  SHUTTING_DOWN: 'send it again after the seconds in Retry-After',
};

/** Reasons that are worth a repeat, although nobody said after which time. */
const RETRY_STATUSES = new Set([429, 503]);

/** What to do next, where anything can be done. */
export function hintOf(error: ServiceError): string | undefined {
  return error.details.hint ?? HINTS[error.reason];
}

/** The body of a failure. A request that only reads executes nothing, whatever became of it. */
export function errorBody(error: ServiceError & { readonly checks?: object }, isRead: boolean): ErrorBody {
  const { problems } = error.details;
  const hint = hintOf(error);
  return {
    error: {
      code: error.code,
      message: error.message,
      reason: error.reason,
      executed: error.executed === 'unknown' && !isRead ? 'unknown' : 'no',
      ...(hint !== undefined && { hint }),
      ...(problems !== undefined && { problems }),
      ...(error.checks !== undefined && { details: error.checks }),
    },
  };
}

/** The value of `Retry-After`, in seconds, where there must be one. */
export function retryAfterOf(error: ServiceError): string | undefined {
  if (!RETRY_STATUSES.has(error.code)) return undefined;
  return String(Math.max(1, Math.ceil((error.details.retryAfterMs ?? 1000) / 1000)));
}

export function isRead(method: string | undefined): boolean {
  return method !== 'POST';
}

/** Answers without the help of a framework. */
export function answerError(request: IncomingMessage, response: ServerResponse, error: ServiceError): void {
  const retryAfter = retryAfterOf(error);
  const body = Buffer.from(JSON.stringify(errorBody(error, isRead(request.method))));
  response.writeHead(error.code, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': body.byteLength,
    ...(retryAfter !== undefined && { 'Retry-After': retryAfter }),
  });
  response.end(body);
}
