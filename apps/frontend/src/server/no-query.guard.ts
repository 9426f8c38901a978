import type { IncomingMessage } from 'node:http';
import { UseGuards, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { InvalidRequest } from '../errors/invalid-request.js';

class NoQueryGuard implements CanActivate {
  canActivate(host: ExecutionContext): boolean {
    const { url = '' } = host.switchToHttp().getRequest<IncomingMessage>();
    const [, query] = url.split(/\?(.*)/s);
    if (!query) return true;
    const names = [...new Set(new URLSearchParams(query).keys())];
    throw new InvalidRequest(names.map((name) => `property ${name} should not exist`));
  }
}

/** Refuses each parameter in the query of a path that takes none, as the others do. Nest validates only what a handler declares. */
export function NoQuery(): ReturnType<typeof UseGuards> {
  return UseGuards(NoQueryGuard);
}
