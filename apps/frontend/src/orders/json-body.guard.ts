import type { IncomingMessage } from 'node:http';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { ServiceError } from '#contracts';
import { isTakenAsJson } from '../server/json-body.js';

/** Lets only JSON objects through. The body parser skips what is not taken as JSON, and takes arrays. */
export class JsonBodyGuard implements CanActivate {
  canActivate(host: ExecutionContext): boolean {
    const request = host.switchToHttp().getRequest<IncomingMessage & { body?: unknown }>();
    if (!isTakenAsJson(request)) throw new ServiceError('UNSUPPORTED_MEDIA_TYPE');
    if (Array.isArray(request.body))
      throw new ServiceError('INVALID_REQUEST', undefined, {
        problems: ['the body must be a JSON object like {"name":"GameStart","type":"buy","quantity":1}'],
      });
    return true;
  }
}
