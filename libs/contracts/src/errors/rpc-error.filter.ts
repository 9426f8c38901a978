import { Catch, Logger, type ExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';
import { exitWith } from '../process/run-app.js';
import { ServiceError } from './service-error.js';

/** Errors that know their own form on the wire: ours, and those of the replication library. */
interface WireError {
  toWire(): object;
}

/**
 * The TCP end of the one error form: whatever a handler throws leaves as an envelope.
 * Nest's own filter would turn everything into `Internal server error`.
 */
@Catch()
export class RpcErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Rpc');

  catch(error: unknown): Observable<never> {
    // Damaged data: no answer is better than a wrong one.
    if (error instanceof Error && 'exitCode' in error) exitWith('this process', error);
    if (isWireError(error)) return throwError(() => error.toWire());
    this.logger.error('unexpected failure in a message handler', error instanceof Error ? error.stack : error);
    return throwError(() => new ServiceError('INTERNAL_ERROR').toWire());
  }
}

function isWireError(error: unknown): error is WireError {
  return error instanceof Error && typeof (error as Partial<WireError>).toWire === 'function';
}
