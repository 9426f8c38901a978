import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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

  it('says nothing, and shows no stack, of a connection that a killed peer left behind', () => {
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

  it('says nothing of how Nest puts an app together', () => {
    new Logger('InstanceLoader').log('AppModule dependencies initialized');
    new Logger('Catalog').log('has 10 stocks');
    expect(lines.join('')).toContain('has 10 stocks');
    expect(lines.join('')).not.toContain('AppModule');
  });
});
