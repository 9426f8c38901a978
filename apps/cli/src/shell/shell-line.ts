import { MAX_TRADE_QUANTITY, STOCK_NAME_PATTERN, type TradeType } from '#contracts';

/** One line of the shell, understood. */
export type ShellLine =
  | { readonly command: 'lookup'; readonly name: string; readonly times: number }
  | { readonly command: TradeType; readonly name: string; readonly quantity: number; readonly times: number }
  | { readonly command: 'order'; readonly number: number; readonly times: number }
  | { readonly command: 'check' | 'help' | 'quit' | 'nothing' }
  /** A mistake, and how the line should be. */
  | { readonly command: 'mistake'; readonly problem: string };

/** Each command with the words that follow it and what it does. */
export const USAGES: Readonly<Record<string, readonly [words: string, about: string]>> = {
  lookup: ['NAME', 'show price and quantity of a stock'],
  buy: ['NAME N', 'buy N shares'],
  sell: ['NAME N', 'sell N shares'],
  order: ['NUMBER', 'show a recorded order'],
  check: ['', 'compare every trade of this session with what is recorded'],
  help: ['', 'show this'],
  quit: ['', 'end the session; so does Ctrl-D'],
};

/** Commands that `xK` repeats. */
const REPEATABLE = new Set(['lookup', 'buy', 'sell', 'order']);
const MAX_TIMES = 100_000;

/** Reads a line such as `buy Acme & Sons 3 x5`. */
export function parseShellLine(line: string): ShellLine {
  const [command = '', ...words] = line.trim().split(/\s+/);
  if (command === '') return { command: 'nothing' };
  if (command === 'exit') return { command: 'quit' };
  if (!Object.hasOwn(USAGES, command)) return mistake(`there is no command ${command}; help lists what there is`);
  if (!REPEATABLE.has(command)) {
    if (words.length > 0) return wrong(command);
    return { command: command as 'check' | 'help' | 'quit' };
  }
  const times = /^x\d+$/.test(words.at(-1) ?? '') ? Number(words.pop()?.slice(1)) : 1;
  if (times < 1 || times > MAX_TIMES) return mistake(`xK repeats a command 1 to ${MAX_TIMES} times`);
  if (command === 'lookup') return lookup(words, times);
  return command === 'order' ? order(words, times) : trade(command as TradeType, words, times);
}

function lookup(words: readonly string[], times: number): ShellLine {
  const name = words.join(' ');
  return STOCK_NAME_PATTERN.test(name) ? { command: 'lookup', name, times } : wrong('lookup');
}

function order(words: readonly string[], times: number): ShellLine {
  const number = wholeNumber(words[0]);
  return words.length === 1 && number !== undefined ? { command: 'order', number, times } : wrong('order');
}

function trade(type: TradeType, words: readonly string[], times: number): ShellLine {
  const name = words.slice(0, -1).join(' ');
  const quantity = wholeNumber(words.at(-1));
  if (!STOCK_NAME_PATTERN.test(name) || quantity === undefined) return wrong(type);
  if (quantity > MAX_TRADE_QUANTITY) return mistake(`one trade is of ${MAX_TRADE_QUANTITY} shares at most`);
  return { command: type, name, quantity, times };
}

/** Undefined unless the text is a whole number from 1 on. */
function wholeNumber(text = ''): number | undefined {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}

function wrong(command: string): ShellLine {
  const [words = ''] = USAGES[command] ?? [];
  return mistake(`usage: ${[command, words].join(' ').trim()}${REPEATABLE.has(command) ? ' [xK]' : ''}`);
}

function mistake(problem: string): ShellLine {
  return { command: 'mistake', problem };
}
