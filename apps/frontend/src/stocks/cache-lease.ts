import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CATALOG_PATTERNS, crashPoint, type StockChange, type WatchAnswer, messageOf } from '@stock-bazaar/contracts';
import { CatalogGroup } from '../cluster/catalog-group.js';
import { FrontendConfig } from '../frontend.config.js';
import { StockCache } from './stock-cache.js';

/** Taken off the lease, so that it ends here before it ends at the catalog even if the clocks run at slightly different speeds. */
const DRIFT_MARGIN_MS = 25;
const RETRY_PAUSE_MS = 50;

/**
 * The gateway's permission to answer from its cache. It watches the catalog for changes, for ever; while that works the
 * catalog acknowledges no trade before this gateway has dropped the stock. When it stops working the lease ends, and
 * the cache is good for nothing but `STALE`.
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
    private readonly catalog: CatalogGroup,
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
    const { watch, incarnation, leaseMs, sequence, changes } = await this.catalog.read<WatchAnswer>(
      CATALOG_PATTERNS.watch,
      question,
      'cache-lease',
      this.config.rpcTimeoutMs,
    );
    // In this order: what is void must be gone before the lease is longer, and before it is confirmed.
    await this.cache.enter(incarnation);
    await Promise.all(changes.map((change) => this.drop(change)));
    this.watch = watch;
    this.confirmed = sequence;
    this.validUntil = sentAt + leaseMs - DRIFT_MARGIN_MS;
  }

  private async drop({ name, version }: StockChange): Promise<void> {
    crashPoint('gateway: told of a change, cache not cleared');
    await this.cache.invalidate(name, version);
    crashPoint('gateway: cache cleared, change not confirmed');
  }
}
