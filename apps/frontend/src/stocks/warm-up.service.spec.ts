import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FrontendConfig } from '../frontend.config.js';
import type { CacheLease } from './cache-lease.js';
import type { StockCache } from './stock-cache.js';
import type { StocksService } from './stocks.service.js';
import { WarmUpService } from './warm-up.service.js';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bazaar-warm-up-'));
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true, force: true });
});

describe('a CACHE_FILE that cannot be written', () => {
  it('is reported once, and again after it could be', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const missing = join(directory, 'missing');
    const file = join(missing, 'names.json');
    let names = ['Nike'];
    const cache = { recentNames: () => names } as unknown as StockCache;
    const config = { cacheFile: file, cacheEnabled: true } as FrontendConfig;
    const service = new WarmUpService(cache, {} as StocksService, {} as CacheLease, config);
    // Each of these saves, like the timer.
    for (let turn = 0; turn < 3; turn += 1) await service.onApplicationShutdown();
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/^CACHE_FILE .* cannot be written, so no names are kept: /)],
    ]);
    mkdirSync(missing);
    await service.onApplicationShutdown();
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(names);
    rmSync(missing, { recursive: true });
    names = ['Nike', 'Ford'];
    for (let turn = 0; turn < 3; turn += 1) await service.onApplicationShutdown();
    expect(warn).toHaveBeenCalledTimes(2);
  });
});
