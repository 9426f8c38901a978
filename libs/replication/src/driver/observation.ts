import type { CoreStatus } from '../core/replica.js';

/** The state of a member at one moment, as far as log lines tell of it. */
export interface Observation {
  readonly status: CoreStatus;
  /** Index of the last entry in the state machine. */
  readonly appliedIndex: number;
  /** Commit index of the leader, as far as it has told. */
  readonly leaderCommitIndex: number;
  /** Milliseconds since the last message of a leader; null before the first one. */
  readonly leaderContactMs: number | null;
  /** Whether this learner may answer reads by itself. @default false */
  readonly holdsLease?: boolean;
  /** Milliseconds on a clock that never jumps. */
  readonly now: number;
}
