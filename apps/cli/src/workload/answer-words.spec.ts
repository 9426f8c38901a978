import { describe, expect, it } from 'vitest';
import { answerWords } from './answer-words.js';

function answer(
  status: number,
  json: unknown,
  headers: Record<string, string> = {},
): Parameters<typeof answerWords>[0] {
  return { status, json, headers, text: JSON.stringify(json), elapsedMs: 1 };
}

const WISH = { name: 'Ford', type: 'buy', quantity: 3 } as const;
const TRADED = { data: { transaction_number: 7 } };

describe('an answer in words', () => {
  it.each([
    [answer(200, { data: { name: 'Ford', price: 11.9, quantity: 5 } }), undefined, 'Ford: 5 shares at 11.90'],
    [answer(200, TRADED), WISH, 'bought 3 Ford: order 7'],
    [answer(200, TRADED, { 'idempotent-replayed': 'true' }), WISH, 'bought 3 Ford: order 7, as answered before'],
    [answer(200, { data: { number: 7, name: 'Ford', type: 'sell', quantity: 3 } }), undefined, 'order 7: sold 3 Ford'],
    [
      answer(404, { error: { code: 404, message: 'stock not found', reason: 'STOCK_NOT_FOUND' } }),
      undefined,
      'stock not found (404 STOCK_NOT_FOUND)',
    ],
    [
      answer(504, { error: { message: 'unknown', reason: 'OUTCOME_UNKNOWN' } }, { 'idempotency-key': 'k' }),
      WISH,
      'unknown (504 OUTCOME_UNKNOWN, idempotency key k)',
    ],
    [answer(502, 'a proxy'), undefined, '502 "a proxy"'],
  ])('%j', (given, wish, words) => {
    expect(answerWords(given, wish)).toBe(words);
  });

  it('says when a quantity may be out of date', () => {
    const stale = answer(200, { data: { name: 'Ford', price: 1, quantity: 5 } }, { 'x-cache': 'STALE' });
    expect(answerWords(stale)).toContain('may be out of date');
  });
});
