import { describe, expect, it } from 'vitest';
import { createCompleter } from './completion.js';
import { parseShellLine } from './shell-line.js';

describe('a line of the shell', () => {
  it.each([
    ['lookup Ford', { command: 'lookup', name: 'Ford', times: 1 }],
    ['  lookup   Acme & Sons  x20 ', { command: 'lookup', name: 'Acme & Sons', times: 20 }],
    ['buy Ford 3', { command: 'buy', name: 'Ford', quantity: 3, times: 1 }],
    ['sell Acme & Sons 3 x5', { command: 'sell', name: 'Acme & Sons', quantity: 3, times: 5 }],
    ['buy 3M 10', { command: 'buy', name: '3M', quantity: 10, times: 1 }],
    ['order 17 x2', { command: 'order', number: 17, times: 2 }],
    ['check', { command: 'check' }],
    ['help', { command: 'help' }],
    ['exit', { command: 'quit' }],
    ['', { command: 'nothing' }],
  ])('%j is understood', (line, read) => {
    expect(parseShellLine(line)).toEqual(read);
  });

  it.each([
    ['bye', 'there is no command bye; help lists what there is'],
    ['constructor', 'there is no command constructor; help lists what there is'],
    ['lookup', 'usage: lookup NAME [xK]'],
    ['lookup Ford_', 'usage: lookup NAME [xK]'],
    ['buy Ford', 'usage: buy NAME N [xK]'],
    ['buy Ford 0', 'usage: buy NAME N [xK]'],
    ['buy Ford 1.5', 'usage: buy NAME N [xK]'],
    ['sell 3', 'usage: sell NAME N [xK]'],
    ['buy Ford 1000000001', 'one trade is of 1000000000 shares at most'],
    ['order', 'usage: order NUMBER [xK]'],
    ['order 1 2', 'usage: order NUMBER [xK]'],
    ['lookup Ford x0', 'xK repeats a command 1 to 100000 times'],
    ['lookup Ford x100001', 'xK repeats a command 1 to 100000 times'],
    ['check x2', 'usage: check'],
  ])('%j is refused', (line, problem) => {
    expect(parseShellLine(line)).toEqual({ command: 'mistake', problem });
  });
});

describe('completion', () => {
  const complete = createCompleter(() => ['Ford', 'FishCo', 'Acme & Sons']);

  it.each([
    ['lo', [['lookup '], 'lo']],
    ['buy F', [['Ford ', 'FishCo '], 'F']],
    ['sell Acme & ', [['Acme & Sons '], 'Acme & ']],
    ['order 1', [[], 'order 1']],
  ])('of %j', (line, completed) => {
    expect(complete(line)).toEqual(completed);
  });
});
