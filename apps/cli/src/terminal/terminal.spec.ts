import { describe, expect, it } from 'vitest';
import { fold } from './terminal.js';

describe('a line for a narrow terminal', () => {
  it.each([
    ['short', 'short'],
    ['one two three four', 'one two\n  three\n  four'],
    ['name      a b c', 'name\n  a b c'],
    ['a\nb', 'a\nb'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080/'],
  ])('%j becomes %j', (text, folded) => {
    expect(fold(text, 8, 2)).toBe(folded);
  });

  it('is left alone where there is no end to it', () => {
    expect(fold('one two three four', Infinity, 2)).toBe('one two three four');
  });

  it('keeps colours out of what it counts', () => {
    expect(fold('\u001b[1mone two\u001b[22m three', 13, 2)).toBe('\u001b[1mone two\u001b[22m three');
  });
});
