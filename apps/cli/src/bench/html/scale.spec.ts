import { describe, expect, it } from 'vitest';
import { figure, percentFromTop, percentOf, scaleEndingAt, scaleUpTo } from './scale.js';

describe('a scale', () => {
  it.each([
    [0, [0, 1]],
    [1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [0.8, [0, 0.2, 0.4, 0.6, 0.8]],
    [0.3, [0, 0.1, 0.2, 0.3]],
    [7.3, [0, 2, 4, 6, 8]],
    [11, [0, 2.5, 5, 7.5, 10, 12.5]],
    [4321, [0, 1000, 2000, 3000, 4000, 5000]],
    [0.0042, [0, 0.001, 0.002, 0.003, 0.004, 0.005]],
  ])('up to %d has the ticks %j', (largest, ticks) => {
    expect(scaleUpTo(largest)).toEqual({ max: ticks.at(-1), ticks });
  });

  it.each([0.01, 0.7, 3, 99.9, 1234, 86_400, 1e9])('up to %d reaches it, with few ticks', (largest) => {
    const { max, ticks } = scaleUpTo(largest);
    expect(max).toBeGreaterThanOrEqual(largest);
    expect(max).toBeLessThan(largest * 2);
    expect(ticks.length).toBeLessThanOrEqual(6);
  });

  it.each([
    [3, [0, 0.5, 1, 1.5, 2, 2.5, 3]],
    [9.9, [0, 2, 4, 6, 8]],
  ])('that ends at %d has no tick beyond', (max, ticks) => {
    expect(scaleEndingAt(max)).toEqual({ max, ticks });
  });

  it('places values between its ends, and none outside', () => {
    const scale = scaleUpTo(8);
    expect([0, 2, 8, 9, -1].map((value) => percentOf(scale, value))).toEqual([0, 25, 100, 100, 0]);
    expect([0, 2, 8].map((value) => percentFromTop(scale, value))).toEqual([100, 75, 0]);
  });
});

describe('a figure', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [12_345, '12\u202f345'],
    [1_234_567.25, '1\u202f234\u202f567.25'],
    [0.1 + 0.2, '0.3'],
  ])('%d is written %j', (value, text) => {
    expect(figure(value)).toBe(text);
  });
});
