import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CATALOG_PATTERNS, type WatchAnswer } from '#contracts';
import { failpoint, messageOf } from '#service-kit';
import { ExchangeGroup } from '../cluster/exchange-group.js';
import { FrontendConfig } from '../frontend.config.js';
import { StockCache } from './stock-cache.js';

/** Taken off the lease, so that it ends here before it ends at the catalog even if the clocks run at slightly different speeds. */
const DRIFT_MARGIN_MS = 25;
const RETRY_PAUSE_MS = 50;

/**
 * The gateway's permission to answer from its cache. It watches one catalog for changes, for ever; while that works no trade
 * is acknowledged before this gateway has dropped the stock. When it stops working the lease ends, and the cache is good for
 * nothing but `STALE`. Another catalog knows nothing of this watch: it begins a new one, and all that was cached is void.
 */
@Injectable()
export class CacheLease implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Cache');
  private readonly stopping = new AbortController();
  private watch: string | undefined;
  /** On the monotonic clock, which goes on while the process is frozen. */
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

  /** Name of the watch under whose lease the cache may be used now; undefined when it may not. */
  get current(): string | undefined {
    return performance.now() < this.validUntil ? this.watch : undefined;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.turn();
        this.isReported = false;
      } catch (error) {
        if (!this.isReported)
          this.logger.warn(`not told of changes, so every lookup asks the catalog: ${messageOf(error)}`);
        this.isReported = true;
        await pause(RETRY_PAUSE_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      }
    }
  }

  private async turn(): Promise<void> {
    // Before it is sent: the catalog can't have granted the lease earlier than that.
    const sentAt = performance.now();
    const question = { ...(this.watch !== undefined && { watch: this.watch }), confirmed: this.confirmed };
    const { watch, leaseMs, sequence, changes } = await this.exchange.askCatalog<WatchAnswer>(
      CATALOG_PATTERNS.watch,
      question,
      { id: 'cache-lease', remainingMs: this.config.rpcTimeoutMs },
      // A catalog that holds no lease itself can give none.
      (answer) => answer.leaseMs > 0,
    );
    // In this order: what is void must be gone before the lease is longer, and before it is confirmed.
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
