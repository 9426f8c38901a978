import { setTimeout } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { ReplicatedLog } from '@stock-bazaar/replication';
import { CatalogClient } from '../orders/catalog.client.js';
import { OrderBook } from '../orders/order-book.js';
import { Recorder } from './recorder.js';

const SWEEP_INTERVAL_MS = 1000;

/**
 * While this replica leads: at first and then every second, records what the catalog executed and nobody recorded, and
 * tells the catalog what is on record. So a trade is recorded even if nobody ever asks again.
 */
@Injectable()
export class OrphanSweep implements OnApplicationBootstrap {
  private readonly logger = new Logger(OrphanSweep.name);
  /** Number of the last order at the last sweep; undefined before the first. */
  private lastSeen: number | undefined;
  /** The last failure, so that the same one is reported once and not every second. */
  private lastFailure: string | undefined;

  constructor(
    private readonly log: ReplicatedLog,
    private readonly book: OrderBook,
    private readonly catalog: CatalogClient,
    private readonly recorder: Recorder,
  ) {}

  onApplicationBootstrap(): void {
    this.log.whileLeading(async (signal) => {
      this.lastSeen = undefined;
      while (!signal.aborted) {
        await this.sweep();
        await setTimeout(SWEEP_INTERVAL_MS, undefined, { signal });
      }
    });
  }

  private async sweep(): Promise<void> {
    try {
      // A new leader's own state is complete only after a read: orders of its predecessor may still be on their way into it.
      await this.log.read();
      // While orders come in, none is missing below them: an orphan would hold up all that follow.
      const isQuiet = this.lastSeen === undefined || this.lastSeen === this.book.lastNumber;
      this.lastSeen = this.book.lastNumber;
      if (isQuiet) await this.recorder.recoverOrphans();
      await this.catalog.confirm(this.book.lastNumber, 'order-sweep');
      this.lastFailure = undefined;
    } catch (error) {
      this.report(error instanceof Error ? error.message : String(error));
    }
  }

  private report(failure: string): void {
    if (failure !== this.lastFailure) this.logger.warn(`cannot look for unrecorded trades, tries on: ${failure}`);
    this.lastFailure = failure;
  }
}
