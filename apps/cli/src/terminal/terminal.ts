import { closeSync } from 'node:fs';
import { styleText } from 'node:util';
import wrapAnsi from 'wrap-ansi';
import { write } from './output.js';

type Style = 'red' | 'green' | 'yellow' | 'dim' | 'bold';

/** Results: tables, JSON documents. */
export function print(text: string): void {
  write(`${text}\n`);
}

/**
 * Progress, logs and errors: never mixed into what a program may read from stdout. A terminal gets lines that are no longer
 * than it is wide; what continues a line is indented.
 */
export function note(text: string, indent = 2): void {
  const { isTTY, columns } = process.stderr;
  process.stderr.write(`${isTTY ? fold(text, columns || 80, indent) : text}\n`);
}

/** Breaks lines between words, unless there is no end to them. */
export function fold(text: string, columns: number, indent: number): string {
  if (columns === Infinity) return text;
  const foldLine = (line: string): string => {
    const [first = '', ...others] = wrapAnsi(line, columns, { trim: false }).split('\n');
    if (others.length === 0) return line;
    const rest = wrapAnsi(others.join('').trimStart(), columns - indent);
    return [first.trimEnd(), ...rest.split('\n').map((part) => ' '.repeat(indent) + part)].join('\n');
  };
  return text.split('\n').map(foldLine).join('\n');
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** Colours a text, if `stream` is a terminal whose user wants colours. */
export function paint(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return wantsColor(stream) ? styleText(style, text) : text;
}

/** https://no-color.org: any value that is not empty switches colours off. */
function wantsColor(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && (process.env['NO_COLOR'] ?? '') === '';
}

/** Columns of the terminal that stdout is; without end where it is none: other programs want all there is. */
export function terminalWidth(): number {
  // A terminal that does not know its size says 0.
  return process.stdout.isTTY ? process.stdout.columns || 80 : Infinity;
}

/** To be called last, once the terminal is gone: Node, which wants to restore it as it ends, would abort the process. */
export function letGoOfTerminal(): void {
  for (const { fd } of [process.stdin, process.stdout, process.stderr]) {
    try {
      closeSync(fd);
    } catch {
      // Nothing is left to let go of.
    }
  }
}
