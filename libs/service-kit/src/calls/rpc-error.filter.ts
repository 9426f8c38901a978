import { Catch, Logger, type ExceptionFilter } from '@nestjs/common';
import { ServiceError } from '#contracts';
import { throwError, type Observable } from 'rxjs';
import { exitWith } from '../process/run-app.js';

/** An error that knows its form on the wire: one of ours, or of the replication library. */
interface WireError {
  toWire(): object;
}

const logger = new Logger('Rpc');

/** Returns the form in which an error leaves this process. An unexpected error reveals nothing but that it happened. */
export function toWire(error: unknown): object {
  // Damaged data: no answer is better than a wrong one.
  if (error instanceof Error && 'exitCode' in error) exitWith('this process', error);
  if (isWireError(error)) return error.toWire();
  logger.error('unexpected failure in a message handler', error instanceof Error ? error.stack : error);
  return new ServiceError('INTERNAL_ERROR').toWire();
}

/**
 * Turns whatever a TCP handler throws into an error envelope.
 * Nest's own filter would turn everything into `Internal server error`.
 */
@Catch()
export class RpcErrorFilter implements ExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => toWire(error));
  }
}

function isWireError(error: unknown): error is WireError {
  return error instanceof Error && typeof (error as Partial<WireError>).toWire === 'function';
}
