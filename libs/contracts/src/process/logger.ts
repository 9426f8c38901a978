import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import type { ProcessConfig } from '../config/process.config.js';

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
  return new ConsoleLogger({
    prefix: processName,
    logLevels: NEST_LEVELS[config.logLevel],
    json: config.logFormat === 'json',
    colors: config.logFormat === 'pretty' && process.env['NO_COLOR'] === undefined,
  });
}
