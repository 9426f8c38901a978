import { applyDecorators } from '@nestjs/common';
import { ApiDefaultResponse, ApiResponse } from '@nestjs/swagger';
import { REASONS, ServiceError, type Reason } from '#contracts';
import { errorBody } from '../errors/error-body.js';

const FAILURE = { $ref: '#/components/schemas/Failure' };

/** Details of the example answers, beyond the fixed text of a reason. */
const DETAILS: Partial<
  Record<Reason, { readonly message?: string; readonly hint?: string; readonly problems?: string[] }>
> = {
  INVALID_REQUEST: { problems: ['property colour should not exist'] },
  NO_LEADER: {
    message:
      'no leader of the exchange group in 4500 ms: order-1 is up but does not lead, order-2 is up but does not lead, order-3 gave no answer in 1000 ms; this request was not executed',
  },
  NO_QUORUM: {
    message:
      'the exchange group needs 2 of 3 members: order-1 refuses connections (ECONNREFUSED), order-2 refuses connections (ECONNREFUSED), order-3 is up but does not lead; this request was not executed',
  },
  CATALOG_UNAVAILABLE: {
    message:
      'no catalog answers: catalog-1 refuses connections (ECONNREFUSED), catalog-2 gave no answer in 500 ms; this request was not executed',
  },
  OUTCOME_UNKNOWN: {
    message: 'order-3 gave no answer in 1000 ms: it may or may not have been executed',
    hint: 'send it again with the same Idempotency-Key (it is executed at most once), or ask GET /orders?key=try-it-out',
  },
};

/**
 * Documents the failures of an operation: one response per status, one example per reason. `INVALID_REQUEST` is always among
 * them, because any request can be refused for its URL or headers.
 */
export function ApiFailures(...reasons: readonly Reason[]): MethodDecorator {
  const all: readonly Reason[] = ['INVALID_REQUEST', ...reasons, 'INTERNAL_ERROR'];
  const statuses = [...new Set(all.map((reason) => REASONS[reason].code))];
  return applyDecorators(
    ApiDefaultResponse({ description: 'any other failure', content: { 'application/json': { schema: FAILURE } } }),
    ...statuses.map((status) =>
      failureResponse(
        status,
        all.filter((reason) => REASONS[reason].code === status),
      ),
    ),
  );
}

function failureResponse(status: number, reasons: readonly Reason[]): MethodDecorator & ClassDecorator {
  const examples = Object.fromEntries(
    reasons.map((reason) => {
      const { message, ...details } = DETAILS[reason] ?? {};
      const value = errorBody(new ServiceError(reason, message, details), false);
      return [reason, { summary: reason, value }];
    }),
  );
  return ApiResponse({
    status,
    description: reasons.map((reason) => REASONS[reason].message).join(' / '),
    content: { 'application/json': { schema: FAILURE, examples } },
    ...((status === 429 || status === 503) && {
      headers: {
        'Retry-After': {
          description: 'seconds',
          required: true,
          schema: { type: 'integer', format: 'int32', minimum: 1, maximum: 3600 },
        },
      },
    }),
  });
}
