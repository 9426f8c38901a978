import { join } from 'node:path';
import { readLogLine, type LogLine } from '#service-kit';
import { note, paint } from '../terminal/terminal.js';
import { LogTail } from './log-tail.js';

const POLL_INTERVAL_MS = 100;
/** More lines than these of one process in one second are only counted: one that repeats itself must not hide the others. */
const LINES_PER_SECOND = 10;

const STYLES = { info: 'dim', warn: 'yellow', error: 'red' } as const;

interface ShownLog {
  readonly name: string;
  readonly path: string;
  readonly tail: LogTail;
  /** In the current second. */
  shown: number;
  hidden: number;
}

/** Shows what is worth seeing of all logs, each line with the name of its process. */
export class LogView {
  private readonly logs: readonly ShownLog[];
  private timer: NodeJS.Timeout | undefined;
  private secondStartedAt = performance.now();
  private isQuiet = false;

  constructor(names: readonly string[], pathOf: (name: string) => string) {
    this.logs = names.map((name) => ({
      name,
      path: pathOf(name),
      tail: new LogTail(pathOf(name)),
      shown: 0,
      hidden: 0,
    }));
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
    if (performance.now() - this.secondStartedAt >= 1000) this.beginSecond();
    for (const log of this.logs) {
      const events = log.tail.read().flatMap((line) => readLogLine(line) ?? []);
      for (const event of events) {
        if (this.isQuiet && event.level === 'info') continue;
        if (log.shown < LINES_PER_SECOND) this.show(log.name, event);
        else log.hidden += 1;
        log.shown += 1;
      }
    }
  }

  private beginSecond(): void {
    this.secondStartedAt = performance.now();
    for (const log of this.logs) {
      if (log.hidden > 0) note(`${label(log.name)} … and ${log.hidden} more lines, in ${log.path}`);
      log.shown = 0;
      log.hidden = 0;
    }
  }

  private show(name: string, { level, text }: LogLine): void {
    const styled = text
      .split('\n')
      .map((line) => paint(STYLES[level], line, process.stderr))
      .join(`\n${label('')} `);
    note(`${label(name)} ${styled}`, label('').length + 1);
  }
}

/** Where the log of a process is. */
export function logFileOf(dataDir: string, name: string): string {
  return join(dataDir, 'logs', `${name}.log`);
}

function label(name: string): string {
  return name.padEnd(11);
}
