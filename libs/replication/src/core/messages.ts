/** Identifies a member of the group; 1 or above, fixed by configuration. */
export type MemberId = number;

/** One position of the replicated log. */
export interface Entry {
  /** Position in the log; the first entry has index 1. */
  readonly index: number;
  /** Term of the leader that created the entry, from 1. */
  readonly term: number;
  /**
   * The encoded command; null for the no-op that a new leader writes at the start of its term. The first no-op of a log
   * names the group instead (see birth.ts).
   */
  readonly data: string | null;
}

/*
 * The messages of the protocol, in the order in which a group needs them: election, propagation, snapshot, leadership
 * transfer, read lease. Messages may be lost, duplicated, delayed and reordered, so each carries its full context: a term, an
 * index, a round, a number of its own. A message of a lower term than the receiver's is stale (see terms.ts).
 *
 * Indexes, terms, rounds and pages are counts without a unit. Ticks are never sent, because members need not agree on them.
 */

/** The fields that every message carries. */
interface Envelope {
  /** The member that sent it. */
  readonly from: MemberId;
  /** The member that it is for. Any other member drops it. */
  readonly to: MemberId;
  /**
   * The sender's term; 0 before it has taken part in an election. In a pre-vote, and in a granted answer to one, the term in
   * which the candidate would ask for votes, which is its own plus one.
   */
  readonly term: number;
}

/** "Would you vote for me in `term`?" Changes nobody's term (Raft thesis 9.6). */
export interface PreVoteRequest extends Envelope {
  readonly type: 'preVoteRequest';
  /** Index of the last entry of the sender's log, durable or not; 0 for an empty log. */
  readonly lastIndex: number;
  /** Term of that entry; 0 for an empty log. */
  readonly lastTerm: number;
}

/** The answer to a pre-vote. It promises nothing, so it need not wait for the disk. */
export interface PreVoteResponse extends Envelope {
  readonly type: 'preVoteResponse';
  /** True: the sender would vote for the receiver in `term`. False: it would not, and `term` is its own. */
  readonly granted: boolean;
}

/** "Vote for me in `term`" (Raft paper 5.2, 5.4.1). */
export interface VoteRequest extends Envelope {
  readonly type: 'voteRequest';
  /** Index of the last entry of the sender's log; 0 for an empty log. */
  readonly lastIndex: number;
  /** Term of that entry; 0 for an empty log. */
  readonly lastTerm: number;
  /** True if the leader itself asked for this election, so that a live leader is no reason to refuse. */
  readonly leadershipTransfer: boolean;
}

/** The answer to a vote request. It is sent only once the vote is durable. */
export interface VoteResponse extends Envelope {
  readonly type: 'voteResponse';
  /** True if the sender has given the receiver its vote in `term`. */
  readonly granted: boolean;
}

/** Propagates entries to a follower or learner. Without entries it is a heartbeat. */
export interface Append extends Envelope {
  readonly type: 'append';
  /** Index of the entry just before `entries`; 0 for the position before the first entry, where all logs agree. */
  readonly prevIndex: number;
  /** Term of the entry at `prevIndex` in the leader's log; 0 at index 0. If the receiver's differs, it takes no entries. */
  readonly prevTerm: number;
  /** The entries that follow `prevIndex`, without gaps; empty for a heartbeat. */
  readonly entries: readonly Entry[];
  /** The leader's settled index (see log.ts). The receiver uses it only as far as its own log is known to agree. */
  readonly commitIndex: number;
  /** Number of the leader's newest heartbeat round, from 1, echoed by the receiver; proves leadership to waiting reads. */
  readonly round: number;
  /** True if the leader has proof that the receiver lost entries that it had acknowledged as durable. */
  readonly amnesia: boolean;
  /**
   * Permits a receiver with amnesia that reported `nonce` to vote again once its log agrees durably up to `index`.
   * Null: not yet, or nothing to recover.
   */
  readonly recovered: { readonly nonce: number; readonly index: number } | null;
}

/** The answer to an append. A follower sends it once the acknowledged entries are durable. */
export interface AppendResponse extends Envelope {
  readonly type: 'appendResponse';
  /** True: the logs agree at `prevIndex`, and the entries were taken. False: they don't, and nothing was taken. */
  readonly accepted: boolean;
  /**
   * Accepted: a follower's log agrees with the leader's up to this index, durably; a learner has received and released all
   * entries up to it. Refused: the `prevIndex` that did not match.
   */
  readonly index: number;
  /**
   * Refused: an index at or below which the logs may agree (whole terms are skipped); 0 is before the first entry.
   * Accepted: index up to which a learner's log agrees, released or not; 0 from a follower.
   */
  readonly hintIndex: number;
  /** Refused: term of the sender's entry at `hintIndex`; 0 at index 0. Accepted: 0. */
  readonly hintTerm: number;
  /** The round of the append that this answers; 0 in the answer to a leader of an older term, which proves nothing to it. */
  readonly round: number;
  /** Identifies the sender's incarnation while it has amnesia, and always that of a learner; null: it remembers all promises. */
  readonly nonce: number | null;
}

/** One bounded page of a snapshot, for a peer that needs entries older than the leader's log. */
export interface SnapshotPage extends Envelope {
  readonly type: 'snapshotPage';
  /** Index of the last entry that the snapshot contains. */
  readonly lastIndex: number;
  /** Term of that entry; 0 if the snapshot contains none. */
  readonly lastTerm: number;
  /**
   * Number of this snapshot among all that its leader has begun in its term, from 1. Two snapshots of one state may be cut into
   * pages at different places, so pages and answers with an older number are stale.
   */
  readonly snapshotNumber: number;
  /** Number of this page in its snapshot, from 0. */
  readonly page: number;
  /** The page itself, encoded by the shell and opaque to the core. */
  readonly data: string;
  /** True on the last page. */
  readonly done: boolean;
  /** The leader's newest round, as in an append. */
  readonly round: number;
}

/** The answer to a page. It is sent once the page is durable. */
export interface SnapshotResponse extends Envelope {
  readonly type: 'snapshotResponse';
  /** The `lastIndex` of the page that this answers. */
  readonly lastIndex: number;
  /** The `snapshotNumber` of the page that this answers. */
  readonly snapshotNumber: number;
  /**
   * The page that the receiver needs next; 0 if it has none of this snapshot; null once its log agrees with the leader's up to
   * `lastIndex`, durably.
   */
  readonly nextPage: number | null;
  /** The round of the page that this answers. */
  readonly round: number;
  /** Same as the nonce of an append's response. */
  readonly nonce: number | null;
}

/** "Start an election at once: I transfer leadership to you" (Raft thesis 3.10). */
export interface TimeoutNow extends Envelope {
  readonly type: 'timeoutNow';
}

/** A learner's question: "How far must I have applied the log to answer reads, and may I continue to answer them by myself?" */
export interface LeaseRequest extends Envelope {
  readonly type: 'leaseRequest';
  /** Number of the question within the sender's incarnation, from 1. */
  readonly question: number;
  /** The newest round that the sender knows; 0 for none. */
  readonly round: number;
  /** Identifies the sender's incarnation; never 0. */
  readonly nonce: number;
}

/** The answer to one question, sent after a round that began once the question had arrived. */
export interface LeaseResponse extends Envelope {
  readonly type: 'leaseResponse';
  /** Number of the question that this answers. */
  readonly question: number;
  /** The incarnation that asked. Any other one drops the answer. */
  readonly nonce: number;
  /** Everything that was acknowledged before the question is at or below this index. */
  readonly index: number;
  /** Length of the lease, in milliseconds from the moment when the question was sent; 0 for no lease. */
  readonly leaseMs: number;
}

/** Every message of the protocol, discriminated by `type`. Each role handles each of them explicitly. */
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
