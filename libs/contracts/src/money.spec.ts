import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { centsToPrice, priceToCents } from './money.js';

describe('a price', () => {
  it('survives a round trip through JSON, for every number of cents', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000_000_00 }), (cents) => {
        expect(priceToCents(Number(JSON.stringify(centsToPrice(cents))))).toBe(cents);
      }),
    );
  });

  it.each([0.001, 1.999, -1, Number.NaN, Infinity, 1e300])('is refused when it is %d', (price) => {
    expect(() => priceToCents(price)).toThrow(RangeError);
  });
});
