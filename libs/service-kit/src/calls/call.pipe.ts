import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { ServiceError } from '#contracts';

/** Unknown members are refused, and each member's first problem is listed. */
export const CALL_RULES = { whitelist: true, forbidNonWhitelisted: true, stopAtFirstError: true } as const;

/** Checks every payload on arrival, over TCP as over HTTP: unknown members are refused, and all problems are listed. */
export function createCallPipe(): ValidationPipe {
  return new ValidationPipe({ ...CALL_RULES, transform: true, exceptionFactory: invalidRequest });
}

export function invalidRequest(errors: readonly ValidationError[]): ServiceError {
  return new ServiceError('INVALID_REQUEST', undefined, { problems: errors.flatMap(problemsOf) });
}

function problemsOf(error: ValidationError): string[] {
  return [...Object.values(error.constraints ?? {}), ...(error.children ?? []).flatMap(problemsOf)];
}
