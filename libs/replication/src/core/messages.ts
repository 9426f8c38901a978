/** The number that names a member of the group, 1 or above, fixed by configuration. */
export type MemberId = number;

/** One position of the replicated log. */
export interface Entry {
  /** Position in the log; the first entry has index 1. */
  readonly index: number;
  /** Term of the leader that created the entry. */
  readonly term: number;
  /**
   * The encoded command; null for the no-op that a new leader writes at the start of its term. The first no-op of a log
   * names the group instead (see birth.ts).
   */
  readonly data: string | null;
}

/** What every message carries. A message of a lower term than the receiver's is stale. */
interface Envelope {
  readonly from: MemberId;
  readonly to: MemberId;
  /** The sender's term; in a pre-vote and in a granted answer to one, the term that the candidate would ask votes for. */
  readonly term: number;
}

/** "Would you vote for me in `term`?" Moves nobody's term (Raft thesis 9.6). */
export interface PreVoteRequest extends Envelope {
  readonly type: 'preVoteRequest';
  readonly lastIndex: number;
  readonly lastTerm: number;
}

export interface PreVoteResponse extends Envelope {
  readonly type: 'preVoteResponse';
  readonly granted: boolean;
}

/** "Vote for me in `term`" (Raft paper 5.2, 5.4.1). */
export interface VoteRequest extends Envelope {
  readonly type: 'voteRequest';
  readonly lastIndex: number;
  readonly lastTerm: number;
  /** True when the leader itself asked for this election, so that a live leader is no reason to refuse. */
  readonly leadershipTransfer: boolean;
}

export interface VoteResponse extends Envelope {
  readonly type: 'voteResponse';
  readonly granted: boolean;
}

/** Propagation; without entries it is a heartbeat. */
export interface Append extends Envelope {
  readonly type: 'append';
  readonly prevIndex: number;
  readonly prevTerm: number;
  readonly entries: readonly Entry[];
  /** The leader's settled index (see log.ts); the receiver trusts it only as far as its own log is known to agree. */
  readonly commitIndex: number;
  /** Number of the leader's newest heartbeat round, echoed by the receiver; proves leadership to waiting reads. */
  readonly round: number;
  /** True: the leader has proof that the receiver lost entries that it had acknowledged as durable. */
  readonly amnesia: boolean;
  /** For a receiver that reported `recovery: nonce`: it may vote again once its log agrees durably up to `index`. Null: not yet, or nothing to recover. */
  readonly recovered: { readonly nonce: number; readonly index: number } | null;
}

export interface AppendResponse extends Envelope {
  readonly type: 'appendResponse';
  readonly accepted: boolean;
  /**
   * Accepted: a follower's log agrees with the leader's up to here, durably; a learner has received and released all up to here.
   * Refused: the `prevIndex` that did not fit.
   */
  readonly index: number;
  /**
   * Refused: a position at or below which the logs may agree, and its term there (whole terms are skipped). Accepted: how far a
   * learner's log agrees, released or not; 0 from a follower.
   */
  readonly hintIndex: number;
  readonly hintTerm: number;
  readonly round: number;
  /** Null: the sender remembers all that it ever promised. A number: it does not, or it is a learner, and this names its present life. */
  readonly nonce: number | null;
}

/** One bounded page of a snapshot, for a follower that the log no longer reaches back to. */
export interface SnapshotPage extends Envelope {
  readonly type: 'snapshotPage';
  /** Position and term of the last entry that the snapshot contains. */
  readonly lastIndex: number;
  readonly lastTerm: number;
  /** Number of this transfer, among all of this leader's term: pages and answers of an older one are stale. */
  readonly snapshotNumber: number;
  /** Pages are numbered from 0. */
  readonly page: number;
  readonly data: string;
  readonly done: boolean;
  readonly round: number;
}

export interface SnapshotResponse extends Envelope {
  readonly type: 'snapshotResponse';
  readonly lastIndex: number;
  readonly snapshotNumber: number;
  /** The page that the follower needs next, 0 if it knows nothing of the transfer; null once its log agrees with the leader's up to `lastIndex`, durably. */
  readonly nextPage: number | null;
  readonly round: number;
  /** As in an append's response. */
  readonly nonce: number | null;
}

/** "Start an election at once, I hand over to you" (Raft thesis 3.10). */
export interface TimeoutNow extends Envelope {
  readonly type: 'timeoutNow';
}

/** A learner's question "how far must I have got to answer reads, and may I go on answering them by myself?" */
export interface LeaseRequest extends Envelope {
  readonly type: 'leaseRequest';
  /** Number of the question in the sender's present life, from 1. */
  readonly question: number;
  /** The newest round that the sender has heard of. */
  readonly round: number;
  /** Names the sender's present life. */
  readonly nonce: number;
}

/** The answer to one question, sent after a round that began when the question was there. */
export interface LeaseResponse extends Envelope {
  readonly type: 'leaseResponse';
  readonly question: number;
  /** The life that asked. */
  readonly nonce: number;
  /** All that was acknowledged before the question lies at or below it. */
  readonly index: number;
  /** How long the lease lasts, in milliseconds from the moment when the question was sent; 0 for no lease. */
  readonly leaseMs: number;
}

export type Message =
  | PreVoteRequest
  | PreVoteResponse
  | VoteRequest
  | VoteResponse
  | Append
  | AppendResponse
  | SnapshotPage
  | SnapshotResponse
  | TimeoutNow
  | LeaseRequest
  | LeaseResponse;
