import { ConsoleLogger, type ConsoleLoggerOptions, type LogLevel } from '@nestjs/common';
import type { ProcessConfig } from '../config/process.config.js';
import { CHATTER, jsonLevelOf } from './log-line.js';

const NEST_LEVELS: Record<ProcessConfig['logLevel'], LogLevel[]> = {
  error: ['fatal', 'error'],
  warn: ['fatal', 'error', 'warn'],
  info: ['fatal', 'error', 'warn', 'log'],
  debug: ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'],
};

/** The log of one process, named after it: `order-3`. */
export function createLogger(
  processName: string,
  config: Pick<ProcessConfig, 'logLevel' | 'logFormat'>,
): ConsoleLogger {
  return new ProcessLogger(processName, {
    prefix: processName,
    logLevels: NEST_LEVELS[config.logLevel],
    json: config.logFormat === 'json',
    colors: config.logFormat === 'pretty' && (process.env['NO_COLOR'] ?? '') === '',
  });
}

class ProcessLogger extends ConsoleLogger {
  constructor(
    private readonly processName: string,
    options: ConsoleLoggerOptions,
  ) {
    super(options);
  }

  /** With the stack, which is printed by itself. */
  override error(message: unknown, ...rest: unknown[]): void {
    if (!isReportedElsewhere(String(message), String(rest.at(-1)))) super.error(message, ...rest);
  }

  protected override printMessages(...args: Parameters<ConsoleLogger['printMessages']>): void {
    const [, context = '', level = 'log'] = args;
    const isChatter = level !== 'error' && CHATTER.has(context);
    if (!isChatter || this.isLevelEnabled('debug')) super.printMessages(...args);
  }

  /** Nest leaves the prefix out of JSON, and calls the level of the setting `info` another name. */
  protected override getJsonLogObject(
    ...args: Parameters<ConsoleLogger['getJsonLogObject']>
  ): ReturnType<ConsoleLogger['getJsonLogObject']> {
    const line = super.getJsonLogObject(...args);
    return { ...line, level: jsonLevelOf(line.level) as LogLevel, process: this.processName };
  }
}

/** Failures to start, which `runApp` reports in words; and broken connections, which end in the error of a call or in a peer's silence. */
function isReportedElsewhere(message: string, context: string): boolean {
  return (
    context === 'ClientTCP' ||
    context === 'ExceptionHandler' ||
    (context === 'NestApplication' && /^Error: (listen|bind|getaddrinfo) E/.test(message)) ||
    // Nest's text for a connection that was reset.
    (context === 'Server' && message.includes('The invalid received message from tcp server'))
  );
}
