export type Outcome =
  | 'pending'
  | 'done'
  /** Certainly not executed. */
  | 'refused'
  /** The client got no outcome; it may have been executed, or may be later. */
  | 'unknown';

/** One request of a client, with the times by which the history is checked. */
export interface Operation {
  readonly client: number;
  readonly kind: 'read' | 'write';
  /** True for a read at a learner. */
  readonly isLocal: boolean;
  readonly key: number;
  /** The value written or read. Written values are unique in a run. */
  value: string;
  readonly invokedAt: number;
  completedAt: number;
  outcome: Outcome;
}
