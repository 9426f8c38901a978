import { join } from 'node:path';
import { note, paint } from '../report/terminal.js';
import { readEventLine, type EventLine } from './event-line.js';
import { LogTail } from './log-tail.js';

const POLL_INTERVAL_MS = 100;
/** More lines than these of one process, in one poll, are only counted. */
const LINES_AT_ONCE = 20;

const STYLES = { info: 'dim', warn: 'yellow', error: 'red' } as const;

/** Shows what is worth seeing of all logs, each line with the name of its process. */
export class LogView {
  private readonly logs: readonly { readonly name: string; readonly path: string; readonly tail: LogTail }[];
  private timer: NodeJS.Timeout | undefined;
  private isQuiet = false;

  constructor(names: readonly string[], pathOf: (name: string) => string) {
    this.logs = names.map((name) => ({ name, path: pathOf(name), tail: new LogTail(pathOf(name)) }));
  }

  start(): void {
    this.timer = setInterval(() => this.poll(), POLL_INTERVAL_MS);
  }

  /** Shows only warnings and errors from now on. */
  quieten(): void {
    this.isQuiet = true;
  }

  stop(): void {
    clearInterval(this.timer);
    this.poll();
  }

  /** Shows what is new. */
  poll(): void {
    for (const { name, path, tail } of this.logs) {
      const events = tail.read().flatMap((line) => readEventLine(line) ?? []);
      const shown = events.filter((event) => !this.isQuiet || event.level !== 'info');
      for (const event of shown.slice(0, LINES_AT_ONCE)) this.show(name, event);
      if (shown.length > LINES_AT_ONCE) note(`${label(name)} … ${shown.length - LINES_AT_ONCE} more lines in ${path}`);
    }
  }

  private show(name: string, { level, text }: EventLine): void {
    const styled = text
      .split('\n')
      .map((line) => paint(STYLES[level], line, process.stderr))
      .join(`\n${label('')} `);
    note(`${label(name)} ${styled}`);
  }
}

/** Where the log of a process is. */
export function logFileOf(dataDir: string, name: string): string {
  return join(dataDir, 'logs', `${name}.log`);
}

function label(name: string): string {
  return name.padEnd(11);
}
