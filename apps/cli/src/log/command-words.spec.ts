import type { ExchangeCommand } from '#exchange';
import { describe, expect, it } from 'vitest';
import { commandWords } from './command-words.js';

const FIRST = { priceCents: 1, quantity: 1, maxTradingVolume: 0 };

describe('an entry of the log, in words', () => {
  it.each<[ExchangeCommand, string]>([
    [
      { command: 'trade', executedAt: 7, key: 'k', name: 'Nike', type: 'sell', quantity: 2 },
      'trade: sell 2 Nike, key k',
    ],
    [
      {
        command: 'addFirstStocks',
        stocks: [
          { name: 'Ford', ...FIRST },
          { name: 'Nike', ...FIRST },
        ],
      },
      'first stocks: Ford, Nike',
    ],
  ])('%j', (command, words) => {
    expect(commandWords(JSON.stringify(command))).toBe(words);
  });

  it('is a no-op without a command, and the command itself, cut short, when nobody knows it', () => {
    expect(commandWords(null)).toMatch(/^no-op/);
    expect(commandWords('{"command":"new","x":1}')).toBe('{"command":"new","x":1}');
    expect(commandWords(JSON.stringify('x'.repeat(500)))).toHaveLength(121);
  });
});
