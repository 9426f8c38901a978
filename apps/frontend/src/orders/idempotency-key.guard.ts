import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createParamDecorator, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { TRADE_KEY_PATTERN } from '#contracts';
import { InvalidRequest } from '../errors/invalid-request.js';
import { contextOf } from '../server/request-context.js';
import { KEY_RULE } from './orders.dto.js';

const HEADER = 'idempotency-key';

/**
 * Makes a key when the client sent none, and returns it on every answer: after a 504 the key finds the order. A guard rather
 * than an interceptor, because a single interceptor makes Nest run the handler through RxJS for every request.
 */
export class IdempotencyKeyGuard implements CanActivate {
  canActivate(host: ExecutionContext): boolean {
    const request = host.switchToHttp().getRequest<IncomingMessage>();
    const key = request.headers[HEADER] ?? randomUUID();
    if (typeof key !== 'string' || !TRADE_KEY_PATTERN.test(key))
      throw new InvalidRequest([`Idempotency-Key must be ${KEY_RULE}`]);
    request.headers[HEADER] = key;
    contextOf(request).setHeader('Idempotency-Key', key);
    return true;
  }
}

/** Injects the idempotency key into a handler. */
export const IdempotencyKey = createParamDecorator(
  (_: unknown, host: ExecutionContext) => host.switchToHttp().getRequest<IncomingMessage>().headers[HEADER],
);
