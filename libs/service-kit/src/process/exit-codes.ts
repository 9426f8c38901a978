/** Exit codes, the same for every app and command. */
export const ExitCode = {
  Done: 0,
  Failed: 1,
  /** Wrong usage or configuration. */
  Usage: 2,
  /** No cluster, leader or quorum within the time limit. */
  Unavailable: 3,
  /** Data on disk is corrupt. */
  CorruptData: 4,
} as const;
