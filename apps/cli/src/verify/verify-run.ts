import { NetworkFailure } from '#harness';
import type { WorkloadRun } from '../workload/workload.js';
import { verifyOrders } from './verify-orders.js';
import { verifyConservation, verifyTrades } from './verify-trades.js';

/** The extent of the checks after a run. Faults that were found are mismatches in the run's tally. */
export interface Verification {
  /** False when the exchange could not be read to the end. */
  readonly isComplete: boolean;
  readonly tradesOfThisRun: number;
  readonly tradesOfOthers: number;
  /** False when other clients traded meanwhile, so that quantities could not be compared. */
  readonly conservationChecked: boolean;
}

export async function verifyRun(run: WorkloadRun, connections: number): Promise<Verification> {
  const { exchange, ledger, tally } = run;
  await verifyOrders(exchange, ledger.kept, tally, connections);
  try {
    const recorded = await verifyTrades(exchange, ledger, run.lastNumberBefore, tally);
    const stocksAfter = await exchange.stocks();
    // Quantities can be compared only if nobody else moved them, up to the moment when they were read.
    const conservationChecked = recorded.ofOthers === 0 && (await exchange.lastNumber()) === recorded.lastNumber;
    if (conservationChecked) verifyConservation(run.stocksBefore, stocksAfter, recorded, tally);
    return {
      isComplete: true,
      tradesOfThisRun: recorded.ofThisRun,
      tradesOfOthers: recorded.ofOthers,
      conservationChecked,
    };
  } catch (error) {
    if (!(error instanceof NetworkFailure)) throw error;
    tally.errors.add(error.message);
    return { isComplete: false, tradesOfThisRun: 0, tradesOfOthers: 0, conservationChecked: false };
  }
}
