import { isReason, REASONS, type Executed, type Reason } from './reasons.js';

/** Further members of an error body: `hint` says what to do next, `problems` lists what is wrong with a request. */
export interface ErrorDetails {
  readonly hint?: string;
  readonly problems?: readonly string[];
  /** After how many milliseconds a repeat makes sense. */
  readonly retryAfterMs?: number;
}

/** The one form in which an error travels, over TCP as over HTTP (there as `{"error": …}`). */
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

  /** Rebuilds the error from what a peer sent; undefined when that is not an envelope of ours. */
  static fromWire(value: unknown): ServiceError | undefined {
    if (typeof value !== 'object' || value === null) return undefined;
    const { reason, message, hint, problems, retryAfterMs } = value as Partial<ErrorEnvelope>;
    if (!isReason(reason)) return undefined;
    return new ServiceError(reason, message, {
      ...(hint !== undefined && { hint }),
      ...(problems !== undefined && { problems }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  }
}
