import type { CoreStatus } from '../core/replica.js';

/** The state of a member at one moment, as reported in log lines. */
export interface Observation {
  readonly status: CoreStatus;
  /** Index of the last entry in the state machine. */
  readonly appliedIndex: number;
  /** Newest commit index received from the leader. */
  readonly leaderCommitIndex: number;
  /** Milliseconds since the last message of a leader; null before the first one. */
  readonly leaderContactMs: number | null;
  /** Whether this learner may answer reads by itself. @default false */
  readonly holdsLease?: boolean;
  /** Time on a monotonic clock, in milliseconds. */
  readonly now: number;
}
