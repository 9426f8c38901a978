import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { RequestContext } from './request-context.js';

describe('the deadline of a request', () => {
  it.each([
    [5000, 4500],
    [600_000, 599_500],
    [50, 45],
  ])('of %d ms leaves %d ms for our attempts, and the rest for answering', (timeoutMs, forAttemptsMs) => {
    const context = RequestContext.begin({ headers: {} } as IncomingMessage, {} as ServerResponse, timeoutMs);
    expect(context.remainingMs).toBeLessThanOrEqual(forAttemptsMs);
    expect(context.remainingMs).toBeGreaterThan(forAttemptsMs - 100);
  });
});
