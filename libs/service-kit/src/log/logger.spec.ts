import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readLogLine } from './log-line.js';
import { createLogger } from './logger.js';

describe('the log of a process', () => {
  let lines: string[];

  beforeEach(() => {
    lines = [];
    const write = (text: string | Uint8Array): boolean => lines.push(String(text)) > 0;
    vi.spyOn(process.stdout, 'write').mockImplementation(write);
    vi.spyOn(process.stderr, 'write').mockImplementation(write);
    Logger.overrideLogger(createLogger('order-3', { logLevel: 'info', logFormat: 'pretty' }));
  });

  afterEach(() => {
    vi.restoreAllMocks();
    Logger.overrideLogger(false);
  });

  it('ignores a connection that a killed peer left behind', () => {
    new Logger('Server').error(new Error('The invalid received message from tcp server'));
    new Logger('ClientTCP').error(new Error('read ECONNRESET'));
    expect(lines).toEqual([]);
  });

  it('shows any other error with its stack', () => {
    new Logger('Server').error(new Error('a defect'));
    expect(lines.join('')).toMatch(/\[order-3\][^]*a defect[^]*logger\.spec/);
  });

  it('calls the level "info" in JSON, as the setting does', () => {
    Logger.overrideLogger(createLogger('order-3', { logLevel: 'info', logFormat: 'json' }));
    new Logger('Catalog').log('has 10 stocks');
    expect(JSON.parse(lines.join(''))).toMatchObject({ level: 'info', process: 'order-3', message: 'has 10 stocks' });
  });

  it('leaves out how Nest assembles an app', () => {
    new Logger('InstanceLoader').log('AppModule dependencies initialized');
    new Logger('Catalog').log('has 10 stocks');
    expect(lines.join('')).toContain('has 10 stocks');
    expect(lines.join('')).not.toContain('AppModule');
  });
});

describe('the log of a process, read by another process', () => {
  function read(write: (logger: Logger) => void, context = 'Replication'): ReturnType<typeof readLogLine>[] {
    const lines: string[] = [];
    const collect = (text: string | Uint8Array): boolean => lines.push(...String(text).trimEnd().split('\n')) > 0;
    for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockImplementation(collect);
    Logger.overrideLogger(createLogger('order-3', { logLevel: 'debug', logFormat: 'json' }));
    write(new Logger(context));
    vi.restoreAllMocks();
    Logger.overrideLogger(false);
    expect(lines.length).toBeGreaterThan(0);
    return lines.map(readLogLine);
  }

  it.each([
    ['log', 'info'],
    ['warn', 'warn'],
    ['error', 'error'],
    ['fatal', 'error'],
  ] as const)('contains each line written by %s, as %s', (method, level) => {
    expect(read((logger) => logger[method]('elected leader of term 3'))).toEqual([
      { level, text: 'elected leader of term 3' },
    ]);
  });

  it('leaves out debug lines, and how Nest assembles an app', () => {
    expect(read((logger) => logger.debug('a detail'))).toEqual([undefined]);
    expect(read((logger) => logger.verbose('a detail'))).toEqual([undefined]);
    expect(read((logger) => logger.log('AppModule dependencies initialized'), 'InstanceLoader')).toEqual([undefined]);
  });

  it('shows a line that is not a log entry as it is: the last message of a process', () => {
    const lastWord = 'order-1: the data in x is damaged';
    expect(readLogLine(lastWord)).toEqual({ level: 'error', text: lastWord });
    expect(readLogLine('{"no":"entry"}')).toMatchObject({ level: 'error' });
    expect(readLogLine('')).toBeUndefined();
  });
});
