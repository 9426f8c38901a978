import { describe, expect, it } from 'vitest';
import { differences } from './compare.js';

const order = { data: { number: 1, name: 'Ford' } };

describe('differences', () => {
  it('finds none between equals, whatever the order of the members', () => {
    expect(differences(order, { data: { name: 'Ford', number: 1 } })).toEqual([]);
  });

  it.each([
    [{ data: { number: 1 } }, 'data.name is missing, it should be "Ford"'],
    [{ data: { number: '1', name: 'Ford' } }, 'data.number is "1", it should be 1'],
    [{ data: { number: 1, name: 'Ford', price: 2 } }, 'data.price should not be there'],
    [{ data: { number: 1, name: 'Ford' }, error: null }, 'error should not be there'],
    [{ data: null }, 'data is null, not an object'],
    ['text', 'the body is "text", not an object'],
  ])('finds what is wrong with %j', (actual, difference) => {
    expect(differences(order, actual)).toEqual([difference]);
  });
});
