import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { messageOf } from '@stock-bazaar/contracts';
import { ReplicatedLog } from '@stock-bazaar/replication';
import { CatalogConfig } from '../catalog.config.js';
import type { CatalogCommand, CatalogResult } from './catalog.command.js';
import { StockBook } from './stock-book.js';

/**
 * Puts the first stocks into an exchange that has none: once, through the log, by whoever leads first. Two leaders that
 * both try do no harm, because the book takes stocks only while it is empty.
 */
@Injectable()
export class SeedingService implements OnApplicationBootstrap {
  private readonly logger = new Logger(SeedingService.name);

  constructor(
    private readonly log: ReplicatedLog<CatalogCommand, CatalogResult>,
    private readonly book: StockBook,
    private readonly config: CatalogConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.log.whileLeading(() => this.seed());
  }

  private async seed(): Promise<void> {
    try {
      await this.log.read();
      if (this.book.isSeeded) return;
      await this.log.propose({ type: 'seed', stocks: this.config.catalogSeed, incarnation: randomUUID() });
      this.logger.log(`a new exchange with ${this.config.catalogSeed.length} stocks`);
    } catch (error) {
      // Leadership was lost meanwhile: the next leader will see to it.
      this.logger.warn(`the first stocks were not written: ${messageOf(error)}`);
    }
  }
}
