import { birthOf } from '../core/birth.js';
import { InvariantViolation } from '../core/invariant.js';
import { Replica } from '../core/replica.js';
import { CorruptData } from '../errors.js';
import type { CompleteOptions } from '../replication.options.js';
import type { Ports } from '../ports.js';
import { coreOptions } from './timing.js';

/** Creates the core. Throws `CorruptData` if that breaks an invariant, because then the data on disk are wrong. */
export function startCore(options: CompleteOptions, { storage, random, newId }: Ports): Replica {
  const { mayVote, hardState, appliedIndex } = storage;
  try {
    return new Replica(coreOptions(options, mayVote, birthOf(newId())), storage, hardState, appliedIndex, random);
  } catch (error) {
    if (error instanceof InvariantViolation) throw new CorruptData(options.dataDir, error.message);
    throw error;
  }
}
