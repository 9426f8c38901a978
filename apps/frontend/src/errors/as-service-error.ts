import { isReason, ServiceError } from '#contracts';
import { ReplicationError } from '#replication';

/** Converts any error to a `ServiceError`; undefined for an unexpected one, which is a defect. */
export function asServiceError(error: unknown): ServiceError | undefined {
  if (error instanceof ServiceError) return error;
  if (error instanceof ReplicationError && isReason(error.reason)) return new ServiceError(error.reason, error.message);
  return ServiceError.fromWire(error);
}
