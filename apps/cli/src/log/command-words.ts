import type { Trade } from '@stock-bazaar/contracts';
import { isRecord, type JsonRecord } from '../verify/compare.js';

/** A command that nobody here knows is shown as it is, up to so many characters. */
const SHOWN_CHARACTERS = 120;

/** What an entry of the order group's or the catalog's log does, in words. */
export function commandWords(command: string | null): string {
  if (command === null) return 'no-op, with which a leader begins its term';
  const parsed = parse(command);
  return (isRecord(parsed) ? wordsOf(parsed) : undefined) ?? shortened(command);
}

function wordsOf(command: JsonRecord): string | undefined {
  switch (command['type']) {
    case 'record':
      return `record ${tradesWords(command)}`;
    case 'restore':
      return `restore ${tradesWords(command)}`;
    case 'seed':
      return `first stocks: ${listOf(command, 'stocks')
        .map((stock) => String(stock['name']))
        .join(', ')}`;
    case 'trade': {
      const { side, quantity, name, key } = command;
      return `decide on ${String(side)} ${String(quantity)} ${String(name)}, key ${String(key)}`;
    }
    case 'recorded':
      return `all trades up to ${String(command['upTo'])} are on record`;
    default:
      return undefined;
  }
}

function tradesWords(command: JsonRecord): string {
  const trades = listOf(command, 'trades') as unknown as readonly Trade[];
  const [first, last] = [trades[0], trades.at(-1)];
  if (first === undefined || last === undefined) return 'no trades';
  if (first !== last) return `trades ${first.number}..${last.number}`;
  return `trade ${first.number}: ${first.type} ${first.quantity} ${first.name}, key ${first.key}`;
}

function listOf(command: JsonRecord, member: string): readonly JsonRecord[] {
  const list: unknown = command[member];
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function shortened(text: string): string {
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}
