import { REPLICATION_REASONS } from '#replication';

/** A gateway that finds no catalog answers CATALOG_UNAVAILABLE: NO_LEARNER reaches no client. */
const { NO_LEARNER, ...GROUP_REASONS } = REPLICATION_REASONS;

/**
 * Every reason that an error can carry, with its effect on the requested trade:
 *
 * - `outcome`: the trade was refused, and that is final for its idempotency key.
 * - `notExecuted`: certainly not executed, and not remembered. The key is still free.
 * - `unknown`: the trade may or may not have been executed.
 */
export const REASONS = {
  ...GROUP_REASONS,
  INVALID_REQUEST: { code: 400, executed: 'notExecuted', message: 'the request is invalid' },
  STOCK_NOT_FOUND: { code: 404, executed: 'outcome', message: 'stock not found' },
  ORDER_NOT_FOUND: { code: 404, executed: 'outcome', message: 'order not found' },
  ROUTE_NOT_FOUND: { code: 404, executed: 'notExecuted', message: 'no such path' },
  METHOD_NOT_ALLOWED: { code: 405, executed: 'notExecuted', message: 'method not allowed' },
  BODY_TOO_LARGE: { code: 413, executed: 'notExecuted', message: 'the body is larger than 16 KiB' },
  UNSUPPORTED_MEDIA_TYPE: { code: 415, executed: 'notExecuted', message: 'send application/json' },
  NOT_ENOUGH_STOCKS: { code: 422, executed: 'outcome', message: 'not enough stocks available to buy' },
  MAX_TRADING_VOLUME_EXCEEDED: { code: 422, executed: 'outcome', message: 'max trading volume exceeded' },
  STOCK_LIMIT_EXCEEDED: {
    code: 422,
    executed: 'outcome',
    message: 'the exchange holds too many of this stock to take more',
  },
  IDEMPOTENCY_KEY_REUSED: {
    code: 422,
    executed: 'notExecuted',
    message: 'this idempotency key was used for another trade',
  },
  INTERNAL_ERROR: { code: 500, executed: 'unknown', message: 'an unexpected failure on our side' },
  CATALOG_UNAVAILABLE: { code: 503, executed: 'notExecuted', message: 'the catalog cannot be reached' },
  SHUTTING_DOWN: { code: 503, executed: 'notExecuted', message: 'this process is stopping' },
} as const satisfies Record<string, ReasonFacts>;

interface ReasonFacts {
  /** HTTP status. */
  readonly code: number;
  readonly executed: Executed;
  /** The default text, for people. */
  readonly message: string;
}

export type Executed = 'outcome' | 'notExecuted' | 'unknown';

export type Reason = keyof typeof REASONS;

export function isReason(value: unknown): value is Reason {
  return typeof value === 'string' && Object.hasOwn(REASONS, value);
}
