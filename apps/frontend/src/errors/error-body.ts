import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reason, ServiceError } from '#contracts';

export const JSON_TYPE = 'application/json; charset=utf-8';

/** The body of every failure. */
export interface ErrorBody {
  readonly error: {
    /** The HTTP status. */
    readonly code: number;
    readonly message: string;
    readonly reason: Reason;
    /** Whether this request, as opposed to an earlier one with the same key, may have executed a trade. */
    readonly executed: 'no' | 'unknown';
    /** The client's next step. */
    readonly hint?: string;
    /** Everything that is wrong with the request. */
    readonly problems?: readonly string[];
    /** The health checks, by name. */
    readonly details?: object;
  };
}

/** The client's next step, for reasons whose errors rarely carry a hint of their own. */
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

/** Statuses that invite a repeat, so they always carry `Retry-After`. */
const RETRY_STATUSES = new Set([429, 503]);

/** The client's next step; undefined when there is none. */
export function hintOf(error: ServiceError): string | undefined {
  return error.details.hint ?? HINTS[error.reason];
}

/** Builds the body of a failure. A request that only reads has executed nothing, even if its outcome is unknown. */
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

/** Writes the whole answer to a request that failed. Bytes that are no request are answered by server/broken-request.ts. */
export function answerError({ method }: IncomingMessage, response: ServerResponse, error: ServiceError): void {
  const body = Buffer.from(JSON.stringify(errorBody(error, method !== 'POST')));
  response.writeHead(error.code, {
    'Content-Type': JSON_TYPE,
    'Content-Length': body.byteLength,
    ...(RETRY_STATUSES.has(error.code) && { 'Retry-After': retryAfterSeconds(error) }),
    ...(error.details.replayed && { 'Idempotent-Replayed': 'true' }),
  });
  response.end(body);
}

function retryAfterSeconds({ details }: ServiceError): number {
  return Math.max(1, Math.ceil((details.retryAfterMs ?? 1000) / 1000));
}
