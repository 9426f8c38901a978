import { isReason, REASONS, type Executed, type Reason } from './reasons.js';

/** Further members of an error body: `hint` says what to do next, `problems` lists what is wrong with a request. */
export interface ErrorDetails {
  readonly hint?: string;
  readonly problems?: readonly string[];
  /** Time to wait before a retry, in milliseconds. */
  readonly retryAfterMs?: number;
  /** True if an earlier request with the same idempotency key got this refusal. */
  readonly replayed?: boolean;
}

/** The form of every error on the wire, over TCP and HTTP (there as `{"error": …}`). */
export interface ErrorEnvelope extends ErrorDetails {
  /** HTTP status. */
  readonly code: number;
  readonly message: string;
  readonly reason: Reason;
}

/** An expected failure. It crosses process borders without losing its reason. */
export class ServiceError extends Error {
  readonly code: number;
  readonly executed: Executed;

  constructor(
    readonly reason: Reason,
    message: string = REASONS[reason].message,
    readonly details: ErrorDetails = {},
  ) {
    super(message);
    this.name = 'ServiceError';
    this.code = REASONS[reason].code;
    this.executed = REASONS[reason].executed;
  }

  toWire(): ErrorEnvelope {
    return { code: this.code, message: this.message, reason: this.reason, ...this.details };
  }

  /** Rebuilds an error received from a peer; undefined if the value is not such an envelope. */
  static fromWire(value: unknown): ServiceError | undefined {
    if (typeof value !== 'object' || value === null) return undefined;
    const { reason, message, hint, problems, retryAfterMs, replayed } = value as Partial<ErrorEnvelope>;
    if (!isReason(reason)) return undefined;
    return new ServiceError(reason, message, {
      ...(hint !== undefined && { hint }),
      ...(problems !== undefined && { problems }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(replayed !== undefined && { replayed }),
    });
  }
}

/**
 * Reports whether an error received over the wire settles a trade. An error that does not ("overloaded") was returned before
 * anything was decided, so it says nothing about another attempt at the same trade.
 */
export function settlesTrade(wireError: unknown): boolean {
  const error = ServiceError.fromWire(wireError);
  return (
    error?.executed === 'outcome' || error?.reason === 'IDEMPOTENCY_KEY_REUSED' || error?.reason === 'INVALID_REQUEST'
  );
}
