export type Outcome =
  | 'pending'
  | 'done'
  /** Certainly not executed. */
  | 'refused'
  /** Nobody told the client; it may have been executed, or may be later. */
  | 'unknown';

/** One request of a client, with the times that a history is judged by. */
export interface Operation {
  readonly client: number;
  readonly kind: 'read' | 'write';
  /** A read that a learner was asked for. */
  readonly isLocal: boolean;
  readonly key: number;
  /** Written, or read. Written values are unique in a run. */
  value: string;
  readonly invokedAt: number;
  completedAt: number;
  outcome: Outcome;
}
