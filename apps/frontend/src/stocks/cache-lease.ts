import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CATALOG_PATTERNS, type WatchAnswer } from '#contracts';
import { failpoint, messageOf } from '#service-kit';
import { ExchangeGroup } from '../cluster/exchange-group.js';
import { FrontendConfig } from '../frontend.config.js';
import { StockCache } from './stock-cache.js';

/** Subtracted from the lease, in milliseconds, so that it ends here before it ends at the catalog despite clock drift. */
const DRIFT_MARGIN_MS = 25;
const RETRY_PAUSE_MS = 50;

/**
 * Holds the gateway's permission to answer from its cache. It watches one catalog for changes; while the watch works, no trade
 * is acknowledged before this gateway has dropped the stock. When the watch fails, the lease expires, and the cache is good
 * only for `STALE` answers. Another catalog does not know this watch: it begins a new one, which voids everything cached.
 */
@Injectable()
export class CacheLease implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Cache');
  private readonly stopping = new AbortController();
  private watch: string | undefined;
  /** On the monotonic clock, in milliseconds; it advances while the process is frozen. */
  private validUntil = 0;
  private confirmed = 0;
  private isReported = false;

  constructor(
    private readonly exchange: ExchangeGroup,
    private readonly cache: StockCache,
    private readonly config: FrontendConfig,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.cacheEnabled) void this.run();
  }

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  /** Name of the watch whose lease is valid now; undefined when the cache may not be used. */
  get current(): string | undefined {
    return performance.now() < this.validUntil ? this.watch : undefined;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.turn();
        this.isReported = false;
      } catch (error) {
        this.report(error);
        await pause(RETRY_PAUSE_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      }
    }
  }

  private report(error: unknown): void {
    // A process that stops closes its connections, which breaks the call that is under way.
    if (this.isReported || this.stopping.signal.aborted) return;
    this.isReported = true;
    this.logger.warn(`the cache has no lease, so lookups ask a catalog until one grants it again: ${messageOf(error)}`);
  }

  private async turn(): Promise<void> {
    // Taken before the request is sent, because the catalog cannot have granted the lease earlier.
    const sentAt = performance.now();
    const question = { ...(this.watch !== undefined && { watch: this.watch }), confirmed: this.confirmed };
    const { watch, leaseMs, sequence, changes } = await this.exchange.askCatalog<WatchAnswer>(
      CATALOG_PATTERNS.watch,
      question,
      { id: 'cache-lease', remainingMs: this.config.rpcTimeoutMs },
      // A catalog without a lease of its own cannot grant one.
      (answer) => answer.leaseMs > 0,
    );
    // The order matters: changed stocks must be dropped before the lease is extended and before the change is confirmed.
    await Promise.all(changes.map((name) => this.drop(name)));
    this.watch = watch;
    this.confirmed = sequence;
    this.validUntil = sentAt + leaseMs - DRIFT_MARGIN_MS;
  }

  private async drop(name: string): Promise<void> {
    failpoint('gateway: told of a change, cache not cleared');
    await this.cache.invalidate(name);
    failpoint('gateway: cache cleared, change not confirmed');
  }
}
