import type { HealthCheckResult } from '@nestjs/terminus';
import { isReason, ServiceError, type Reason } from '#contracts';

/** A failed health check: the reason of the first failure, the messages of all, and each check by name. */
export class NotReady extends ServiceError {
  /** The checks as Terminus reports them. */
  readonly checks: object;

  constructor({ status, error = {}, details }: HealthCheckResult) {
    const failures = Object.values(error).map((check) => String(check?.['message']));
    const reasons = Object.values(error).map((check): unknown => check?.['reason']);
    super(
      status === 'shutting_down' ? 'SHUTTING_DOWN' : firstReason(reasons),
      failures.length > 0 ? failures.join('. ') : undefined,
    );
    this.checks = details;
  }
}

function firstReason(reasons: readonly unknown[]): Reason {
  return reasons.find(isReason) ?? 'NO_LEADER';
}
