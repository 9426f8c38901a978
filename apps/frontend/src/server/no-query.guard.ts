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

/** Refuses the query of a path that takes none, by name (SPEC 3: "the list of what is wrong"). Nest checks only declared ones. */
export function NoQuery(): ReturnType<typeof UseGuards> {
  return UseGuards(NoQueryGuard);
}
