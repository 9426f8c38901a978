import type { IncomingMessage, ServerResponse } from 'node:http';
import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { ServiceError } from '#contracts';
import { answerError } from './error-body.js';
import { asServiceError } from './as-service-error.js';

const MAX_LOGGED_URL = 200;

/** Answers whatever a handler throws in the one error form, without a stack or other internals. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<IncomingMessage>();
    const response = host.switchToHttp().getResponse<ServerResponse>();
    if (response.headersSent) {
      response.end();
      return;
    }
    const error = asServiceError(thrown) ?? new ServiceError('INTERNAL_ERROR');
    if (error.code >= 500) {
      const id = String(response.getHeader('X-Request-Id'));
      const line = `${request.method} ${request.url?.slice(0, MAX_LOGGED_URL)} -> ${error.code} ${error.reason}: ${error.message} [${id}]`;
      // A client that waits for readiness asks many times per second, and the answer carries the reason.
      if (request.url === '/readyz') this.logger.debug(line);
      else if (error === thrown) this.logger.warn(line);
      else this.logger.error(line, thrown instanceof Error ? thrown.stack : String(thrown));
    }
    answerError(request, response, error);
  }
}
