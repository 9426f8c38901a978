import { Catch, type ExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';
import { ReplicationError } from './errors.js';

/**
 * Sends the errors of this library over Nest's TCP transport, so that a `GroupClient` can follow `NotLeader` and distinguish
 * "not executed" from "unknown". Nest's own filter would turn them all into `Internal server error`.
 *
 * @example app.useGlobalFilters(new ReplicationErrorFilter());
 */
@Catch(ReplicationError)
export class ReplicationErrorFilter implements ExceptionFilter<ReplicationError> {
  catch(error: ReplicationError): Observable<never> {
    return throwError(() => error.toWire());
  }
}
