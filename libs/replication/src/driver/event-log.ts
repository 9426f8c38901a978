import type { CoreStatus } from '../core/replica.js';
import { LeaseLog } from './lease-log.js';
import type { Observation } from './observation.js';
import type { EventSink } from '../ports.js';
import { majorityOf } from '../core/majority.js';

interface EventLogOptions {
  readonly nameOf: (id: number) => string;
  /** Number of voters in the group. */
  readonly voters: number;
  /** Silence after which a peer is reported, once, in ticks. */
  readonly silenceTicks: number;
  /** Length of a tick, in milliseconds. */
  readonly tickMs: number;
  /** Length of a read lease, in milliseconds. */
  readonly readLeaseMs: number;
  readonly sink: EventSink;
}

/** Interval between warnings of a member without a leader, in milliseconds. */
const STILL_LEADERLESS_MS = 10_000;

/** Writes one line, with names and numbers, for each event that matters; nothing for routine work. */
export class EventLog {
  /** True while this member stops: the others may be stopping as well, so their silence is not reported. */
  isStopping = false;
  private previous: CoreStatus | undefined;
  private leaderlessSince: number | null = null;
  private askedForVotesAt = 0;
  private saidLeaderlessAt = 0;
  private rejoin: { readonly since: number; readonly behind: number } | 'notYet' | 'done' = 'notYet';
  private readonly silent = new Set<number>();

  private readonly leases: LeaseLog;

  constructor(private readonly options: EventLogOptions) {
    this.leases = new LeaseLog(options);
  }

  observe(now: Observation): void {
    const before = this.previous ?? now.status;
    this.previous = now.status;
    this.amnesia(before, now.status);
    this.election(before, now);
    this.leadership(before, now);
    this.catchUp(now);
    this.leases.observe(before, now);
    if (now.status.role === 'leader') this.silences(now.status);
    else this.silent.clear();
  }

  private amnesia(before: CoreStatus, status: CoreStatus): void {
    if (before.mayVote && !status.mayVote && before.term === 0)
      this.log('has an empty disk in a group that has data: does not vote until a leader has brought it up to date');
    else if (before.mayVote && !status.mayVote)
      this.warn('has forgotten what it promised: does not vote until a leader has brought it up to date');
    if (!before.mayVote && status.mayVote) this.log(`is up to date at index ${status.lastIndex}, and votes`);
  }

  private election(before: CoreStatus, { status, leaderContactMs, now }: Observation): void {
    const isAsking = status.role === 'preCandidate' || status.role === 'candidate';
    if (isAsking && this.leaderlessSince === null) {
      this.leaderlessSince = now;
      this.saidLeaderlessAt = now;
      this.log(
        `${this.reasonToAsk(before, status, leaderContactMs)}, asks for votes (term ${before.term} -> ${before.term + 1})`,
      );
    }
    if (status.role === 'candidate' && before.role !== 'candidate') this.askedForVotesAt = now;
    if (isAsking && this.leaderlessSince !== null && now - this.saidLeaderlessAt > STILL_LEADERLESS_MS) {
      this.saidLeaderlessAt = now;
      const seconds = Math.round((now - this.leaderlessSince) / 1000);
      this.warn(
        `no leader for ${seconds} s: ${this.majority} of ${this.options.voters} voters must be up; start those that are down`,
      );
    }
    if (status.leader !== null) this.leaderlessSince = null;
  }

  private reasonToAsk(before: CoreStatus, status: CoreStatus, leaderContactMs: number | null): string {
    // Only a leadership transfer makes a follower a candidate at once, without a pre-vote.
    if (before.leader !== null && status.role === 'candidate')
      return `${this.nameOf(before.leader)} transfers leadership to it`;
    if (leaderContactMs === null) return 'no leader so far';
    const { silenceTicks, tickMs } = this.options;
    return leaderContactMs < silenceTicks * tickMs
      ? 'the connection to the leader broke'
      : `no heartbeat for ${leaderContactMs} ms`;
  }

  private leadership(before: CoreStatus, { status, now }: Observation): void {
    const { role, term, leader, lastIndex, commitIndex, transferTo } = status;
    if (role === 'leader' && (before.role !== 'leader' || before.term !== term)) {
      const ms = Math.round(now - this.askedForVotesAt);
      const votes = `${this.majority} of ${this.options.voters} votes`;
      this.log(`elected leader of term ${term} with ${votes} in ${ms} ms, log ${lastIndex}, commit ${commitIndex}`);
    } else if (before.role === 'leader' && role !== 'leader') {
      if (term === before.term)
        this.warn(`lost leadership of term ${term}: no majority answered; commits nothing until a leader is elected`);
      else this.log(`lost leadership of term ${before.term}: term ${term} has begun`);
    }
    const isNews = leader !== before.leader || term !== before.term;
    const isFollowing = role === 'follower' || role === 'learner';
    if (leader !== null && isFollowing && isNews) this.log(`follows ${this.nameOf(leader)} in term ${term}`);
    if (transferTo !== null && before.transferTo !== transferTo)
      this.log(`transfers leadership to ${this.nameOf(transferTo)}`);
  }

  /** Measures the time from first knowing a leader after a start until everything that it had committed is applied. */
  private catchUp({ status, appliedIndex, leaderCommitIndex, now }: Observation): void {
    if (this.rejoin === 'done' || status.leader === null) return;
    if (status.role === 'leader') {
      this.rejoin = 'done';
      return;
    }
    const behind = Math.max(0, leaderCommitIndex - appliedIndex);
    if (this.rejoin === 'notYet') this.rejoin = { since: now, behind };
    if (behind > 0) return;
    const ms = Math.round(now - this.rejoin.since);
    if (this.rejoin.behind > 0) this.log(`rejoined, ${entries(this.rejoin.behind)} behind, caught up in ${ms} ms`);
    this.rejoin = 'done';
  }

  private silences(status: CoreStatus): void {
    const { silenceTicks, tickMs } = this.options;
    for (const { id, lastContactTicks, matchIndex } of [...status.voters, ...status.learners]) {
      const isSilent = lastContactTicks > silenceTicks;
      if (isSilent && !this.silent.has(id)) {
        this.silent.add(id);
        this.warn(`${this.nameOf(id)} has not answered for ${Math.round(lastContactTicks * tickMs)} ms`);
      } else if (!isSilent && this.silent.delete(id)) {
        // A new leader does not know yet how far a peer's log agrees.
        const behind = matchIndex === 0 ? '' : `, ${entries(Math.max(0, status.lastIndex - matchIndex))} behind`;
        this.log(`${this.nameOf(id)} answers again${behind}`);
      }
    }
  }

  private get majority(): number {
    return majorityOf(this.options.voters);
  }

  private nameOf(id: number): string {
    return this.options.nameOf(id);
  }

  private log(line: string): void {
    this.options.sink.log(line);
  }

  private warn(line: string): void {
    if (!this.isStopping) this.options.sink.warn(line);
  }
}

function entries(count: number): string {
  return count === 1 ? '1 entry' : `${count} entries`;
}
