import { isRecord, type JsonRecord } from '#harness';

/** Maximum length at which an unknown command is shown, in characters. */
const SHOWN_CHARACTERS = 120;

/** Describes an entry of the exchange's log in words. */
export function commandWords(command: string | null): string {
  if (command === null) return 'no-op, with which a leader begins its term';
  const parsed = parse(command);
  return (isRecord(parsed) ? wordsOf(parsed) : undefined) ?? shortened(command);
}

function wordsOf({ command, type, quantity, name, key, stocks }: JsonRecord): string | undefined {
  if (command === 'trade') return `trade: ${String(type)} ${String(quantity)} ${String(name)}, key ${String(key)}`;
  if (command !== 'addFirstStocks' || !Array.isArray(stocks)) return undefined;
  return `first stocks: ${stocks
    .filter(isRecord)
    .map((stock) => String(stock['name']))
    .join(', ')}`;
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
