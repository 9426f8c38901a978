import { setTimeout } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { exitWith, messageOf } from '@stock-bazaar/contracts';
import { NotLeader, OutcomeUnknown, ReplicatedLog } from '@stock-bazaar/replication';
import { CatalogClient } from '../orders/catalog.client.js';
import { OrderBook } from '../orders/order-book.js';
import { Recorder } from './recorder.js';

const SWEEP_INTERVAL_MS = 1000;
const RETRY_PAUSE_MS = 100;

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
        const isDone = await this.sweep();
        await setTimeout(isDone ? SWEEP_INTERVAL_MS : RETRY_PAUSE_MS, undefined, { signal });
      }
    });
  }

  /** False when it could not be done; until it is, a new catalog answers no lookups. */
  private async sweep(): Promise<boolean> {
    try {
      // A new leader's own state is complete only after a read: orders of its predecessor may still be on their way into it.
      await this.log.read();
      // While orders come in, none is missing below them: an orphan would hold up all that follow.
      const isQuiet = this.lastSeen === undefined || this.lastSeen === this.book.lastNumber;
      this.lastSeen = this.book.lastNumber;
      if (isQuiet) await this.recorder.recoverOrphans();
      await this.catalog.confirm(this.recorder.standing, 'order-sweep');
      this.lastFailure = undefined;
      return true;
    } catch (error) {
      // Damaged data: this process must not go on.
      if (error instanceof Error && 'exitCode' in error) exitWith('order', error);
      // Leadership is moving on, and this duty with it.
      if (error instanceof NotLeader) return false;
      // It was only a question, so nothing was executed, or may have been.
      if (error instanceof OutcomeUnknown) this.report(error.why);
      else this.report(messageOf(error));
      return false;
    }
  }

  private report(failure: string): void {
    if (failure !== this.lastFailure) this.logger.warn(`cannot look for unrecorded trades, tries on: ${failure}`);
    this.lastFailure = failure;
  }
}
