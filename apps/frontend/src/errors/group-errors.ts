import { ServiceError } from '#contracts';
import { OutcomeUnknown } from '#replication';
import { asServiceError } from './as-service-error.js';
import { hintOf } from './error-body.js';

/** Returns the error to throw when a read got no answer. A read executes nothing, so its outcome is never unknown. */
export function readFailure(error: unknown): unknown {
  if (error instanceof OutcomeUnknown)
    return new ServiceError('NO_LEADER', `${error.why}; it was only a read, so nothing has changed`);
  const failure = asServiceError(error);
  if (failure === undefined) return error;
  return failure.reason === 'OUTCOME_UNKNOWN' ? new ServiceError('NO_LEADER', failure.message) : failure;
}

/**
 * Returns the error to throw when a trade was not acknowledged. If the outcome is unknown, its hint says how to find out.
 * So does the hint of an unreachable group, which cannot tell what became of earlier requests with the same key.
 */
export function tradeFailure(error: unknown, key: string): unknown {
  const failure = asServiceError(error);
  if (failure === undefined) return error;
  const question = `GET /orders?key=${encodeURIComponent(key)}`;
  if (failure.executed === 'unknown')
    return new ServiceError(failure.reason, failure.message, {
      hint: `send it again with the same Idempotency-Key (it is executed at most once), or ask ${question}`,
    });
  if (failure.code !== 503) return failure;
  const earlier = `an earlier request with this Idempotency-Key that had no clear answer may have been executed: ask ${question}`;
  const hint = [hintOf(failure), earlier].filter((part) => part !== undefined).join('; ');
  return new ServiceError(failure.reason, failure.message, { ...failure.details, hint });
}
