/** Record of the transfers by preference that this member has begun since its start. */
export interface TransferHistory {
  /** Number of consecutive transfers after which this member soon led again. */
  failed: number;
  /** When the last one began, in ticks of this member; null before the first. */
  lastAt: number | null;
}
