import { NoLeader, NoQuorum, OutcomeUnknown, WrongGroup } from '../errors.js';
import type { Attempt, FailedAttempt } from './attempt.js';
import type { MemberConnection } from './member-connection.js';
import { majorityOf } from '../core/majority.js';

/** One call's search for the leader: which voters were tried, with which result, and which to try next. */
export class Search {
  /** Why the outcome of an attempt is unknown; undefined as long as every attempt was certainly not executed. */
  unknown: string | undefined;
  private readonly lastWords = new Map<number, string>();
  private readonly refused = new Set<number>();
  private readonly foreign = new Set<number>();
  private attempts = 0;
  /** Position of the leader, if it was learned during the last attempt. */
  private successor: number | undefined;

  constructor(
    private readonly group: string,
    private readonly voters: readonly MemberConnection[],
    /** Position of the member to try next. */
    public target: number,
  ) {}

  note(result: Exclude<FailedAttempt, { failed: 'answered' }>): void {
    this.attempts += 1;
    this.lastWords.set(this.target, result.why);
    for (const [kind, members] of [
      ['refused', this.refused],
      ['foreign', this.foreign],
    ] as const) {
      if (result.failed === kind) members.add(this.target);
      else members.delete(this.target);
    }
    if (result.failed === 'unknown') this.unknown ??= `${this.nameOf(this.target)} ${result.why}`;
    const hinted =
      result.failed === 'notLeader' ? this.voters.findIndex((voter) => voter.address.id === result.leader?.id) : -1;
    const next = this.successor ?? (hinted >= 0 ? hinted : this.target);
    this.successor = undefined;
    this.target = next === this.target ? (this.target + 1) % this.voters.length : next;
  }

  /** Returns the result of an attempt at a silent member while another one leads. */
  supersededBy(leader: number): Attempt<never> {
    this.successor = leader;
    return { failed: 'unknown', why: `gave no answer while ${this.nameOf(leader)} became leader` };
  }

  found(position: number, words: string): void {
    this.lastWords.set(position, words);
  }

  /** Positions of the voters that were not asked in this search yet. */
  get notAsked(): readonly number[] {
    return [...this.voters.keys()].filter((position) => !this.lastWords.has(position));
  }

  /** Whether any voter was asked. */
  get hasTried(): boolean {
    return this.attempts > 0;
  }

  /** Whether every voter was tried, so that continuing without a pause would waste CPU time. */
  get isRoundDone(): boolean {
    return this.attempts >= this.voters.length;
  }

  /** Whether too many voters refuse connections, or belong to another group, for a leader to exist. */
  get quorumIsDown(): boolean {
    return this.voters.length - this.refused.size - this.foreign.size < this.majority;
  }

  noQuorum(): Error {
    if (this.unknown !== undefined) return new OutcomeUnknown(this.unknown);
    if (this.foreign.size >= this.majority)
      return new WrongGroup(
        `most members of the ${this.group} group now belong to a different group: ${this.report()}`,
      );
    return new NoQuorum(
      `the ${this.group} group needs ${this.majority} of ${this.voters.length} members: ${this.report()}`,
    );
  }

  outOfTime(timeoutMs: number): Error {
    if (this.unknown !== undefined) return new OutcomeUnknown(this.unknown);
    return new NoLeader(`no leader of the ${this.group} group in ${timeoutMs} ms: ${this.report()}`);
  }

  private get majority(): number {
    return majorityOf(this.voters.length);
  }

  private report(): string {
    return this.voters
      .map(
        (_, position) => `${this.nameOf(position)} ${this.lastWords.get(position) ?? 'was not asked for lack of time'}`,
      )
      .join(', ');
  }

  private nameOf(position: number): string {
    const address = this.voters[position]?.address;
    return address?.name ?? `${this.group}-${address?.id}`;
  }
}
