import type { IncomingMessage } from 'node:http';
import { UseGuards, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ServiceError } from '#contracts';

class NoQueryGuard implements CanActivate {
  canActivate(host: ExecutionContext): boolean {
    const { url = '' } = host.switchToHttp().getRequest<IncomingMessage>();
    const query = url.slice(url.indexOf('?') + 1);
    if (!url.includes('?') || query === '') return true;
    const problems = [...new Set(new URLSearchParams(query).keys())].map((name) => `property ${name} should not exist`);
    throw new ServiceError('INVALID_REQUEST', undefined, { problems });
  }
}

/** For a path without query parameters: any parameter is a mistake, and is named. */
export function NoQuery(): ReturnType<typeof UseGuards> {
  return UseGuards(NoQueryGuard);
}
