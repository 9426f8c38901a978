import { readFile, rename, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ServiceError, STOCK_NAME_PATTERN } from '#contracts';
import { messageOf } from '#service-kit';
import { FrontendConfig } from '../frontend.config.js';
import { CacheLease } from './cache-lease.js';
import { StockCache } from './stock-cache.js';
import { StocksService } from './stocks.service.js';

const SAVE_INTERVAL_MS = 5000;
const RETRY_PAUSE_MS = 500;
const LEASE_PAUSE_MS = 20;

/**
 * Saves the names of the cached stocks in CACHE_FILE and looks them up again after a restart. Values are not saved, because
 * trades in the meantime would make them stale. A failure costs only cache misses, so none stops the gateway.
 */
@Injectable()
export class WarmUpService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Cache');
  private readonly stopping = new AbortController();
  private saved = '';
  private isReported = false;

  constructor(
    private readonly cache: StockCache,
    private readonly stocks: StocksService,
    private readonly lease: CacheLease,
    private readonly config: FrontendConfig,
  ) {}

  onApplicationBootstrap(): void {
    const { cacheFile, cacheEnabled } = this.config;
    if (cacheFile !== undefined && cacheEnabled) void this.run(cacheFile);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    if (this.config.cacheFile !== undefined && this.config.cacheEnabled) await this.save(this.config.cacheFile);
  }

  private async run(file: string): Promise<void> {
    await this.warmUp(await this.readNames(file));
    while (await this.waits(SAVE_INTERVAL_MS)) await this.save(file);
  }

  private async readNames(file: string): Promise<readonly string[]> {
    try {
      const names: unknown = JSON.parse(await readFile(file, 'utf8'));
      if (!Array.isArray(names)) throw new Error('it is not a JSON array of names');
      const known = names.filter((name): name is string => typeof name === 'string' && STOCK_NAME_PATTERN.test(name));
      return known.slice(-this.config.cacheSize);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.logger.warn(`CACHE_FILE ${file} cannot be read, so the cache starts empty: ${messageOf(error)}`);
      return [];
    }
  }

  /** Looks the names up one at a time, to leave room for the requests of clients. */
  private async warmUp(names: readonly string[]): Promise<void> {
    for (const name of names) {
      // A stock that is looked up without a lease cannot be served from the cache.
      while (this.lease.current === undefined) if (!(await this.waits(LEASE_PAUSE_MS))) return;
      while (!(await this.isSettled(name))) {
        if (!(await this.waits(RETRY_PAUSE_MS))) return;
      }
    }
  }

  /** Looks a name up. Resolves to false when the catalogs are unreachable, and true after any other result. */
  private async isSettled(name: string): Promise<boolean> {
    try {
      await this.stocks.lookup(name, { id: 'warm-up', remainingMs: this.config.rpcTimeoutMs });
      return true;
    } catch (error) {
      return !(error instanceof ServiceError && error.reason === 'CATALOG_UNAVAILABLE');
    }
  }

  private async save(file: string): Promise<void> {
    const content = JSON.stringify(this.cache.recentNames());
    // Until the first lookup, the names in the file are the best ones known.
    if (content === this.saved || content === '[]') return;
    try {
      await writeFile(`${file}.new`, content);
      await rename(`${file}.new`, file);
      this.saved = content;
      this.isReported = false;
    } catch (error) {
      if (!this.isReported)
        this.logger.warn(`CACHE_FILE ${file} cannot be written, so no names are kept: ${messageOf(error)}`);
      this.isReported = true;
    }
  }

  /** Waits, and resolves to false when the process is stopping. */
  private async waits(ms: number): Promise<boolean> {
    await pause(ms, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
    return !this.stopping.signal.aborted;
  }
}
