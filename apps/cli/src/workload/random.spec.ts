import { describe, expect, it } from 'vitest';
import { choose, createRandom, integerBetween } from './random.js';

describe('createRandom', () => {
  it('gives the published sequence of mulberry32', () => {
    const random = createRandom(0);
    expect([random(), random(), random()]).toEqual([0.26642920868471265, 0.0003297457005828619, 0.2232720274478197]);
  });

  it('reaches every whole number of a range, and none beyond it', () => {
    const random = createRandom(42);
    const drawn = new Set(Array.from({ length: 1000 }, () => integerBetween(random, 1, 10)));
    expect([...drawn].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('refuses to choose from nothing', () => {
    expect(() => choose(createRandom(1), [])).toThrow(RangeError);
  });
});
