import { ServiceError } from '#contracts';

/** A request that breaks the HTTP contract, with everything that is wrong with it. */
export class InvalidRequest extends ServiceError {
  /** @param code the HTTP status, for the few faults that have one of their own */
  constructor(
    problems: readonly string[],
    override readonly code: number = 400,
  ) {
    super('INVALID_REQUEST', undefined, { problems });
  }
}
