/**
 * Every reason that a `ReplicationError` can carry, with its effect on the command:
 *
 * - `notExecuted`: certainly not executed; safe to repeat.
 * - `unknown`: it may or may not have been executed, or may be later.
 *
 * `code` is the HTTP status to answer with. An application with its own reasons spreads this table into its own, so that
 * its clients see one vocabulary.
 */
export const REPLICATION_REASONS = {
  OVERLOADED: { code: 429, executed: 'notExecuted', message: 'too many requests are waiting' },
  NO_LEADER: { code: 503, executed: 'notExecuted', message: 'no leader answered in time' },
  NO_QUORUM: { code: 503, executed: 'notExecuted', message: 'too few replicas are up' },
  NOT_LEADER: { code: 503, executed: 'notExecuted', message: 'this replica does not lead its group' },
  NO_LEARNER: { code: 503, executed: 'notExecuted', message: 'no learner answered in time' },
  WRONG_GROUP: {
    code: 503,
    executed: 'notExecuted',
    message: 'this request is for a different group than the one that it reached',
  },
  OUTCOME_UNKNOWN: {
    code: 504,
    executed: 'unknown',
    message: 'no answer in time: it may or may not have been executed',
  },
} as const;

export type ReplicationReason = keyof typeof REPLICATION_REASONS;
