import type { IncomingMessage } from 'node:http';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { ServiceError } from '#contracts';
import { InvalidRequest } from '../errors/invalid-request.js';
import { isTakenAsJson } from '../server/json-body.js';

/** Refuses any body but a JSON object. The body parser skips other types, and accepts arrays. */
export class JsonBodyGuard implements CanActivate {
  canActivate(host: ExecutionContext): boolean {
    const request = host.switchToHttp().getRequest<IncomingMessage & { body?: unknown }>();
    if (!isTakenAsJson(request)) throw new ServiceError('UNSUPPORTED_MEDIA_TYPE');
    if (Array.isArray(request.body))
      throw new InvalidRequest(['the body must be a JSON object like {"name":"GameStart","type":"buy","quantity":1}']);
    return true;
  }
}
