import type { IncomingMessage, ServerResponse } from 'node:http';
import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ServiceError } from '#contracts';
import { contextOf, type RequestContext } from '../server/request-context.js';
import { errorBody, isRead, retryAfterOf } from './error-body.js';
import { KnownRoutes } from './known-routes.js';

const MAX_LOGGED_URL = 200;

/** The HTTP end of the one error form: whatever is thrown leaves as `{"error": …}`, without a stack or inner detail. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly routes: KnownRoutes,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const { httpAdapter } = this.adapterHost;
    const request = host.switchToHttp().getRequest<IncomingMessage>();
    const response = host.switchToHttp().getResponse<ServerResponse>();
    const context = contextOf(request);
    if (httpAdapter.isHeadersSent(response)) {
      httpAdapter.end(response);
      return;
    }
    const error = this.routeFailure(request, context, thrown) ?? asServiceError(thrown);
    if (error === 'options') {
      httpAdapter.reply(response, undefined, 204);
      return;
    }
    if (error.code >= 500) this.log(request, context, error, thrown);
    const retryAfter = retryAfterOf(error);
    if (retryAfter !== undefined) context.setHeader('Retry-After', retryAfter);
    if (error.details.replayed) context.setHeader('Idempotent-Replayed', 'true');
    httpAdapter.reply(response, errorBody(error, isRead(request.method)), error.code);
  }

  /** Express calls it "not found" when a path exists and only its method does not. */
  private routeFailure(
    request: IncomingMessage,
    context: RequestContext,
    thrown: unknown,
  ): ServiceError | 'options' | undefined {
    if (statusOf(thrown) !== 404 || thrown instanceof ServiceError) return undefined;
    const allowed = this.routes.methodsOf(request.url ?? '/');
    if (allowed.length === 0) return new ServiceError('ROUTE_NOT_FOUND');
    context.setHeader('Allow', allowed.join(', '));
    return request.method === 'OPTIONS' ? 'options' : new ServiceError('METHOD_NOT_ALLOWED');
  }

  private log(request: IncomingMessage, context: RequestContext, error: ServiceError, thrown: unknown): void {
    const line = `${request.method} ${request.url?.slice(0, MAX_LOGGED_URL)} -> ${error.code} ${error.reason}: ${error.message} [${context.id}]`;
    // Whoever waits for us to be ready asks many times a second, and gets the reason in the answer.
    if (request.url === '/readyz') this.logger.debug(line);
    else if (error === thrown) this.logger.warn(line);
    else this.logger.error(line, thrown instanceof Error ? thrown.stack : String(thrown));
  }
}

function asServiceError(thrown: unknown): ServiceError {
  if (thrown instanceof ServiceError) return thrown;
  const status = statusOf(thrown);
  if (status === 413) return new ServiceError('BODY_TOO_LARGE');
  if (status === 415) return new ServiceError('UNSUPPORTED_MEDIA_TYPE');
  if (status !== undefined && status >= 400 && status < 500)
    return new ServiceError('INVALID_REQUEST', undefined, {
      problems: ['the body is not valid JSON'],
    });
  return new ServiceError('INTERNAL_ERROR');
}

/** The HTTP status that an error of Nest, of Express or of its body parser carries. */
function statusOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const { status, getStatus } = thrown as { status?: unknown; getStatus?: unknown };
  const value: unknown = typeof getStatus === 'function' ? getStatus.call(thrown) : status;
  return typeof value === 'number' ? value : undefined;
}
