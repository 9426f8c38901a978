import { describe, expect, it } from 'vitest';
import { REASONS, type Reason } from './reasons.js';
import { ServiceError, settlesTrade } from './service-error.js';

describe('a service error', () => {
  it.each(Object.keys(REASONS) as Reason[])('%s crosses the wire unchanged', (reason) => {
    const error = new ServiceError(reason, 'what happened', {
      hint: 'do this',
      problems: ['a'],
      retryAfterMs: 5,
      replayed: true,
    });
    const arrived = ServiceError.fromWire(JSON.parse(JSON.stringify(error.toWire())));
    expect(arrived).toEqual(error);
    expect(arrived?.executed).toBe(REASONS[reason].executed);
  });

  it.each([undefined, null, 'text', {}, { reason: 'MADE_UP' }, { reason: 'toString' }])(
    'is not built from %j',
    (value) => {
      expect(ServiceError.fromWire(value)).toBeUndefined();
    },
  );

  it('settles a trade only when something was decided', () => {
    const settled = (Object.keys(REASONS) as Reason[]).filter((reason) =>
      settlesTrade(new ServiceError(reason).toWire()),
    );
    expect(settled).toEqual([
      'INVALID_REQUEST',
      'STOCK_NOT_FOUND',
      'ORDER_NOT_FOUND',
      'NOT_ENOUGH_STOCKS',
      'MAX_TRADING_VOLUME_EXCEEDED',
      'STOCK_LIMIT_EXCEEDED',
      'IDEMPOTENCY_KEY_REUSED',
    ]);
  });
});
