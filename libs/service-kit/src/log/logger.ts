import { ConsoleLogger, type ConsoleLoggerOptions, type LogLevel } from '@nestjs/common';
import type { ProcessConfig } from '../config/process.config.js';
import { CHATTER, jsonLevelOf } from './log-line.js';

const NEST_LEVELS: Record<ProcessConfig['logLevel'], LogLevel[]> = {
  error: ['fatal', 'error'],
  warn: ['fatal', 'error', 'warn'],
  info: ['fatal', 'error', 'warn', 'log'],
  debug: ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'],
};

/** Creates the logger of one process, named after it: `order-3`. */
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

  /** Drops errors that are reported elsewhere, together with their stack, which Nest prints separately. */
  override error(message: unknown, ...rest: unknown[]): void {
    if (!isReportedElsewhere(String(message), String(rest.at(-1)))) super.error(message, ...rest);
  }

  protected override printMessages(...args: Parameters<ConsoleLogger['printMessages']>): void {
    const [, context = '', level = 'log'] = args;
    const isChatter = level !== 'error' && CHATTER.has(context);
    if (!isChatter || this.isLevelEnabled('debug')) super.printMessages(...args);
  }

  /** Adds the prefix, which Nest leaves out of JSON, and uses the level names of the setting: Nest has another one for `info`. */
  protected override getJsonLogObject(
    ...args: Parameters<ConsoleLogger['getJsonLogObject']>
  ): ReturnType<ConsoleLogger['getJsonLogObject']> {
    const line = super.getJsonLogObject(...args);
    return { ...line, level: jsonLevelOf(line.level) as LogLevel, process: this.processName };
  }
}

/** Reports whether an error is reported elsewhere: a failed start by `runApp`; a broken connection by a failed call or a silent peer. */
function isReportedElsewhere(message: string, context: string): boolean {
  return (
    context === 'ClientTCP' ||
    context === 'ExceptionHandler' ||
    (context === 'NestApplication' && /^Error: (listen|bind|getaddrinfo) E/.test(message)) ||
    // Nest's message for a connection that was reset.
    (context === 'Server' && message.includes('The invalid received message from tcp server'))
  );
}
