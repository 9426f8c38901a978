import { ServiceError } from '#contracts';
import { NoLeader, NoQuorum, OutcomeUnknown } from '#replication';
import { describe, expect, it } from 'vitest';
import { readFailure, tradeFailure } from './group-errors.js';

const defect = new TypeError('a defect');

describe('a read that failed', () => {
  it.each([
    [new NoLeader('w'), 'NO_LEADER'],
    [new NoQuorum('w'), 'NO_QUORUM'],
    [new OutcomeUnknown('w'), 'NO_LEADER'],
    [{ reason: 'OUTCOME_UNKNOWN', message: 'm' }, 'NO_LEADER'],
    [{ reason: 'ORDER_NOT_FOUND', message: 'order not found' }, 'ORDER_NOT_FOUND'],
    [{ reason: 'CATALOG_UNAVAILABLE', message: 'm' }, 'CATALOG_UNAVAILABLE'],
    [{ reason: 'OVERLOADED', message: 'm', retryAfterMs: 5 }, 'OVERLOADED'],
  ])('with %o is %s', (error, reason) => {
    expect(readFailure(error)).toMatchObject({ reason });
  });

  it('is never unknown, and says so', () => {
    const failure = readFailure(new OutcomeUnknown('order-1 gave no answer in 10 ms'));
    expect((failure as ServiceError).message).toBe(
      'order-1 gave no answer in 10 ms; it was only a read, so nothing has changed',
    );
    expect(failure).toMatchObject({ executed: 'notExecuted' });
  });

  it('stays a defect when it is one', () => {
    expect(readFailure(defect)).toBe(defect);
  });
});

describe('a trade that failed', () => {
  it.each([
    new OutcomeUnknown('w'),
    { reason: 'OUTCOME_UNKNOWN', message: 'm' },
    { reason: 'INTERNAL_ERROR', message: 'm' },
  ])('with %o says how to find out', (error) => {
    const failure = tradeFailure(error, 'k&1') as ServiceError;
    expect(failure.executed).toBe('unknown');
    expect(failure.details.hint).toContain('GET /orders?key=k%261');
  });

  it.each([
    [new NoLeader('w'), 'NO_LEADER'],
    [new NoQuorum('w'), 'NO_QUORUM'],
    [{ reason: 'NOT_ENOUGH_STOCKS', message: 'm', replayed: true }, 'NOT_ENOUGH_STOCKS'],
  ])('with %o was certainly not executed', (error, reason) => {
    const failure = tradeFailure(error, 'k') as ServiceError;
    expect(failure.reason).toBe(reason);
    expect(failure.executed).not.toBe('unknown');
  });

  it.each([new NoLeader('w'), new NoQuorum('w'), { reason: 'CATALOG_UNAVAILABLE', message: 'm', hint: 'h' }])(
    'with %o speaks for this request alone, and says how to find out about an earlier one',
    (error) => {
      const failure = tradeFailure(error, 'k&1') as ServiceError;
      expect(failure.code).toBe(503);
      expect(failure.details.hint).toMatch(
        /^\S.*; an earlier request with this Idempotency-Key .* GET \/orders\?key=k%261$/,
      );
      if (error instanceof Error) expect(failure.message).toBe('w; this request was not executed');
    },
  );

  it('stays a defect when it is one', () => {
    expect(tradeFailure(defect, 'k')).toBe(defect);
  });
});
