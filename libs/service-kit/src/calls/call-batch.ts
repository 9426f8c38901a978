import { ServiceError } from '#contracts';
import { plainToInstance, type ClassConstructor } from 'class-transformer';
import { validateSync } from 'class-validator';
import { CALL_RULES, invalidRequest } from './call.pipe.js';

/** Maximum number of calls in a batch; far more than our own clients send. */
const MAX_CALLS_IN_BATCH = 1000;

/** Returns the calls of a batch, unchecked: an invalid call must not fail the others. Throws `INVALID_REQUEST`. */
export function callsOf(batch: unknown): readonly unknown[] {
  const calls = (batch as { readonly calls?: unknown } | null)?.calls;
  if (Array.isArray(calls) && calls.length <= MAX_CALLS_IN_BATCH) return calls;
  throw wrong(`calls must be a list of at most ${MAX_CALLS_IN_BATCH}`);
}

/** Checks one call of a batch by the same rules as the pipe that checks single calls. Throws `INVALID_REQUEST`. */
export function parseCall<T extends object>(type: ClassConstructor<T>, value: unknown): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('a call must be an object');
  const call = plainToInstance(type, value);
  const errors = validateSync(call, CALL_RULES);
  if (errors.length > 0) throw invalidRequest(errors);
  return call;
}

function wrong(problem: string): ServiceError {
  return new ServiceError('INVALID_REQUEST', undefined, { problems: [problem] });
}
