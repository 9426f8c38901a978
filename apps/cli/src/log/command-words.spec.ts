import { describe, expect, it } from 'vitest';
import { commandWords } from './command-words.js';

const TRADE = { number: 812, type: 'buy', quantity: 3, name: 'Ford', key: 'k' };

describe('an entry of the log, in words', () => {
  it.each([
    [{ type: 'record', trades: [TRADE] }, 'record trade 812: buy 3 Ford, key k'],
    [{ type: 'record', trades: [TRADE, { ...TRADE, number: 813 }] }, 'record trades 812..813'],
    [{ type: 'restore', trades: [TRADE, { ...TRADE, number: 813 }] }, 'restore trades 812..813'],
    [{ type: 'seed', stocks: [{ name: 'Ford' }, { name: 'Nike' }] }, 'first stocks: Ford, Nike'],
    [{ type: 'trade', side: 'sell', quantity: 2, name: 'Nike', key: 'k' }, 'decide on sell 2 Nike, key k'],
    [{ type: 'recorded', upTo: 9 }, 'all trades up to 9 are on record'],
    [{ type: 'new', x: 1 }, '{"type":"new","x":1}'],
  ])('%j', (command, words) => {
    expect(commandWords(JSON.stringify(command))).toBe(words);
  });

  it('is a no-op without a command, and cut short when nobody knows it', () => {
    expect(commandWords(null)).toMatch(/^no-op/);
    expect(commandWords(JSON.stringify('x'.repeat(500)))).toHaveLength(121);
  });
});
