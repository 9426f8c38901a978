import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { ServiceError } from '#contracts';

/** The validation rules of calls: unknown members are refused, and the first problem of each member is listed. */
export const CALL_RULES = { whitelist: true, forbidNonWhitelisted: true, stopAtFirstError: true } as const;

/** Creates a pipe that checks every payload on arrival, over TCP and HTTP: unknown members are refused, all problems listed. */
export function createCallPipe(): ValidationPipe {
  return new ValidationPipe({ ...CALL_RULES, transform: true, exceptionFactory: invalidRequest });
}

export function invalidRequest(errors: readonly ValidationError[]): ServiceError {
  return new ServiceError('INVALID_REQUEST', undefined, { problems: errors.flatMap(problemsOf) });
}

function problemsOf(error: ValidationError): string[] {
  return [...Object.values(error.constraints ?? {}), ...(error.children ?? []).flatMap(problemsOf)];
}
