import { describe, expect, it } from 'vitest';
import {
  durationText,
  parseDuration,
  parseGatewayUrl,
  parseNames,
  parseProbability,
  wholeNumber,
} from './arguments.js';

describe('arguments', () => {
  it.each([
    ['10s', 10_000],
    ['500ms', 500],
    ['2m', 120_000],
    ['1.5s', 1500],
    ['3', 3000],
  ])('reads the time %s', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
    expect(parseDuration(durationText(expected))).toBe(expected);
  });

  it.each(['', 'soon', '-1s', '0', '10h', '25000m'])('refuses the time "%s"', (text) => {
    expect(() => parseDuration(text)).toThrow(/Give a time/);
  });

  it.each(['', '1.5', 'x', '0', '11', '1e3'])('refuses "%s" as a whole number from 1 to 10', (text) => {
    expect(() => wholeNumber(1, 10)(text)).toThrow('from 1 to 10');
  });

  it('reads probabilities from 0 to 1', () => {
    expect([parseProbability('0'), parseProbability('0.8'), parseProbability('1')]).toEqual([0, 0.8, 1]);
    expect(() => parseProbability('1.1')).toThrow();
    expect(() => parseProbability('')).toThrow();
  });

  it('reads names with spaces around them', () => {
    expect(parseNames('Ford, Nike ,')).toEqual(['Ford', 'Nike']);
    expect(() => parseNames(' , ')).toThrow();
  });

  it('reads the address of a gateway, and no other', () => {
    expect(parseGatewayUrl('http://127.0.0.1:8080/')).toBe('http://127.0.0.1:8080');
    for (const wrong of ['127.0.0.1:8080', 'https://a', 'http://a/b', 'http://user:secret@a', 'nonsense']) {
      expect(() => parseGatewayUrl(wrong)).toThrow(/Give an address/);
    }
  });
});
