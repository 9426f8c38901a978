/** The transfers by preference that this member has begun since its start. */
export interface TransferHistory {
  /** Number of them in a row after which it led again soon. */
  failed: number;
  /** When the last one began, in ticks of this member; null before the first. */
  lastAt: number | null;
}
