import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ORDER_PATTERNS, type FirstStocksAdded } from '#contracts';
import { messageOf } from '#service-kit';
import { Exchange } from '#exchange';
import { GroupClient } from '#replication';
import { CatalogConfig } from '../catalog.config.js';

const RETRY_PAUSE_MS = 100;
/** People should be told by then why there are no stocks. */
const REPORT_AFTER_MS = 10_000;
const NOT_RECEIVED =
  'the exchange has stocks, and this catalog has received none of them: is it in CATALOG_REPLICAS of every order replica?';

/**
 * Puts the first stocks into an exchange that has none, by asking the order leader. Any number of catalogs may ask, and may
 * repeat it: an exchange that has stocks keeps those.
 */
@Injectable()
export class FirstStocksService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(FirstStocksService.name);
  private readonly stopping = new AbortController();

  constructor(
    private readonly exchange: Exchange,
    private readonly config: CatalogConfig,
  ) {}

  onApplicationBootstrap(): void {
    if (this.exchange.isEmpty) void this.untilThereAreStocks();
  }

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  private async untilThereAreStocks(): Promise<void> {
    const { group, voters, tcp } = this.config.exchangeGroup();
    const client = new GroupClient({ group, voters, tcp, rpcTimeoutMs: this.config.rpcTimeoutMs });
    const reportFrom = performance.now() + REPORT_AFTER_MS;
    let isReported = false;
    while (this.exchange.isEmpty && !this.stopping.signal.aborted) {
      const problem = await this.problemWithAdding(client);
      if (!isReported && performance.now() > reportFrom) {
        isReported = true;
        this.logger.warn(problem);
      }
      await pause(RETRY_PAUSE_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
    client.close();
  }

  /** Asks once. Resolves to what it means if this catalog still has no stocks after a while. */
  private async problemWithAdding(client: GroupClient): Promise<string> {
    try {
      await this.add(client);
      return NOT_RECEIVED;
    } catch (error) {
      return `the first stocks are not in the exchange yet: ${messageOf(error)}`;
    }
  }

  private async add(client: GroupClient): Promise<void> {
    const stocks = this.config.catalogSeed;
    const asked = { stocks, requestId: 'first-stocks' };
    const options = { timeoutMs: this.config.rpcTimeoutMs, repeatable: true };
    const { added } = await client.call<FirstStocksAdded>(ORDER_PATTERNS.addFirstStocks, asked, options);
    if (added) this.logger.log(`a new exchange with ${stocks.length} stocks`);
  }
}
