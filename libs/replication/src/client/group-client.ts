import type { TcpClientOptions } from '@nestjs/microservices';
import { OutcomeUnknown, type MemberAddress } from '../errors.js';
import { STATUS_PATTERN, type ReplicaStatus } from '../replica-status.js';
import type { Attempt } from './attempt.js';
import { LeaderScout } from './leader-scout.js';
import { LearnerCalls, type LearnerCallOptions } from './learner-calls.js';
import { MemberConnection } from './member-connection.js';
import { Search } from './search.js';

/**
 * Minimum time for another attempt, in milliseconds. A shorter attempt would hardly be answered, and would turn a request that
 * was certainly not executed into one whose outcome is unknown.
 */
const SHORTEST_REPEAT_MS = 20;
/** Pause between attempts once every voter has been tried, in milliseconds. */
const SEARCH_PAUSE_MS = 25;
/** How long to wait for voters that were not asked yet, in milliseconds, to complete an error message. */
const ROLL_CALL_TIMEOUT_MS = 100;

/** Settings of a `GroupClient`. */
export interface GroupClientOptions {
  /** Name of the group in error messages, for example "order". */
  readonly group: string;
  /** The members that can lead. */
  readonly voters: readonly MemberAddress[];
  /** The members to which `callLearner` sends reads. @default none */
  readonly learners?: readonly MemberAddress[];
  /** Timeout of one attempt at one member, in milliseconds. @default 1000 */
  readonly rpcTimeoutMs?: number;
  /**
   * Whether the client stays with the first group that has answered: each request names that group, and members of another group
   * with the same name refuse it (see `SameGroupPipe`). @default true
   */
  readonly staysWithGroup?: boolean;
  /** Passed on to Nest's TCP client: serializer, TLS, limits. */
  readonly tcp?: NonNullable<TcpClientOptions['options']>;
}

/** Settings of one call. */
export interface CallOptions {
  /** Timeout of all attempts together, in milliseconds. The remaining time is sent in the payload as `timeoutMs`. */
  readonly timeoutMs: number;
  /**
   * Whether the call may be sent again after an attempt with an unknown outcome: true for reads, and for commands
   * with an id by which the receiver recognises a repeat.
   */
  readonly repeatable: boolean;
  /**
   * Reports whether an error from the group settles the call. An error that does not ("overloaded") says nothing about an
   * earlier attempt with an unknown outcome; the call then fails with `OutcomeUnknown`. @default every error settles it
   */
  readonly isFinal?: (wireError: unknown) => boolean;
  /**
   * Whether it shares a message with other calls of its pattern in the same turn of the event loop. The receiver then gets a
   * `CallBatch`, and answers with `answerEach`. @default false
   */
  readonly isBatched?: boolean;
}

/**
 * Finds and follows the leader of a replicated group: remembers it, follows the hint of a `NotLeader`, tries the next member
 * at once when a connection is refused, and repeats after an unknown outcome only if that is safe. A call that is safe to
 * repeat leaves a silent member as soon as another one is known to lead.
 */
export class GroupClient {
  private readonly voters: readonly MemberConnection[];
  private readonly learners: readonly MemberConnection[];
  private readonly learnerCalls: LearnerCalls;
  /** Position of the member that answered last, where the next call starts. */
  private presumed: number;
  private readonly scout: LeaderScout;
  /** Undefined until it is learned. */
  private groupId: string | undefined;
  private isLearning = false;

  constructor(private readonly options: GroupClientOptions) {
    if (options.voters.length === 0) throw new RangeError('a group has at least one member');
    this.voters = options.voters.map((voter) => new MemberConnection(voter, options.tcp));
    this.learners = (options.learners ?? []).map((learner) => new MemberConnection(learner, options.tcp));
    const rpcTimeoutMs = options.rpcTimeoutMs ?? 1000;
    // If there is another learner, do not use the whole timeout for one that may be frozen.
    const attemptMs = this.learners.length > 1 ? 0.7 * rpcTimeoutMs : rpcTimeoutMs;
    this.learnerCalls = new LearnerCalls(options.group, this.learners, attemptMs);
    this.presumed = this.voters.length - 1;
    this.scout = new LeaderScout(this.voters, (leader) => (this.presumed = leader));
  }

  /**
   * Finds the leader, sends it a request, and returns its answer.
   * Throws `NoLeader` or `NoQuorum` (certainly not executed), `OutcomeUnknown`, or the leader's error in its form on the wire.
   */
  async call<T>(pattern: string, payload: object, options: CallOptions): Promise<T> {
    const search = new Search(this.options.group, this.voters, this.presumed);
    const deadline = performance.now() + options.timeoutMs;
    for (;;) {
      const remainingMs = Math.floor(deadline - performance.now());
      if (remainingMs < (search.hasTried ? SHORTEST_REPEAT_MS : 1)) throw search.outOfTime(options.timeoutMs);
      const timeoutMs = Math.min(this.options.rpcTimeoutMs ?? 1000, remainingMs);
      const member = this.voterAt(search.target);
      const asked = { ...payload, timeoutMs: remainingMs };
      const attempt = options.isBatched
        ? member.sendInBatch<T>(pattern, asked, timeoutMs)
        : member.send<T>(pattern, { ...asked, ...member.addressee }, timeoutMs);
      const result = options.repeatable ? await this.unlessMoved(search, attempt) : await attempt;
      if ('answer' in result) {
        this.presumed = search.target;
        if (this.groupId === undefined) void this.learnGroup(member);
        return result.answer;
      }
      if (result.failed === 'answered') {
        if (search.unknown !== undefined && options.isFinal?.(result.error) === false)
          throw new OutcomeUnknown(search.unknown);
        throw result.error;
      }
      search.note(result);
      if (search.unknown !== undefined && !options.repeatable) throw new OutcomeUnknown(search.unknown);
      if (search.quorumIsDown) throw await this.noQuorum(search);
      this.presumed = search.target;
      if (search.isRoundDone) await pause(Math.min(SEARCH_PAUSE_MS, deadline - performance.now()));
    }
  }

  /**
   * Sends a read to one learner: always the same one, until it fails. Throws `NoLearner` if none answers, or the learner's error
   * in its form on the wire.
   */
  async callLearner<T>(pattern: string, payload: object, options: LearnerCallOptions<T>): Promise<T> {
    const { answer, learner } = await this.learnerCalls.call<T>(pattern, payload, options);
    if (this.groupId === undefined) void this.learnGroup(learner);
    return answer;
  }

  /** Id of the group that it stays with; undefined until it is learned. */
  get knownGroup(): string | undefined {
    return this.groupId;
  }

  /** Asks one member, leader or not, voter or learner. Resolves to the result; never rejects. */
  ask<T>(memberId: number, pattern: string, payload: object, timeoutMs: number): Promise<Attempt<T>> {
    const member = this.everyone.find((candidate) => candidate.address.id === memberId);
    if (!member) throw new RangeError(`the ${this.options.group} group has no member ${memberId}`);
    return member.send<T>(pattern, payload, timeoutMs);
  }

  close(): void {
    for (const member of this.everyone) member.close();
  }

  /** Learns the id of the group from the member that answered first. */
  private async learnGroup(member: MemberConnection): Promise<void> {
    if (this.isLearning || this.options.staysWithGroup === false) return;
    this.isLearning = true;
    const result = await member.send<ReplicaStatus>(STATUS_PATTERN, {}, this.options.rpcTimeoutMs ?? 1000);
    this.isLearning = false;
    if (!('answer' in result) || typeof result.answer.groupId !== 'string') return;
    this.groupId = result.answer.groupId;
    for (const each of this.everyone) each.addressee = { groupId: this.groupId };
  }

  /** Returns the attempt's result, or "unknown" as soon as another member than the one that was asked is known to lead. */
  private unlessMoved<T>(search: Search, attempt: Promise<Attempt<T>>): Promise<Attempt<T>> {
    if (this.voters.length === 1) return attempt;
    return new Promise((resolve) => {
      const end = this.scout.watch(search.target, (leader) => resolve(search.supersededBy(leader)));
      // An attempt never rejects.
      void attempt.then(resolve).finally(end);
    });
  }

  /** Asks the remaining voters for their status, so that the error names every member that is up. */
  private async noQuorum(search: Search): Promise<Error> {
    const askOne = async (position: number): Promise<void> => {
      const result = await this.voterAt(position).send<ReplicaStatus>(STATUS_PATTERN, {}, ROLL_CALL_TIMEOUT_MS);
      search.found(position, 'answer' in result ? `is up (${result.answer.role})` : result.why);
    };
    await Promise.all(search.notAsked.map(askOne));
    return search.noQuorum();
  }

  private get everyone(): readonly MemberConnection[] {
    return [...this.voters, ...this.learners];
  }

  private voterAt(position: number): MemberConnection {
    const member = this.voters[position];
    if (!member) throw new RangeError(`no member at position ${position}`);
    return member;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
