import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { ServiceError } from './service-error.js';

/** Checks every payload on arrival, over TCP as over HTTP: unknown members are refused, and all problems are listed. */
export function createCallPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    stopAtFirstError: true,
    exceptionFactory: (errors) =>
      new ServiceError('INVALID_REQUEST', undefined, { problems: errors.flatMap(problemsOf) }),
  });
}

function problemsOf(error: ValidationError): string[] {
  return [...Object.values(error.constraints ?? {}), ...(error.children ?? []).flatMap(problemsOf)];
}
