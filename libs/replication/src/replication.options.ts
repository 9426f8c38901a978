import type { TcpClientOptions } from '@nestjs/microservices';
import type { MemberAddress } from './errors.js';
import type { StateMachine } from './state-machine.js';
import { stopProcess } from './stop-process.js';
import { HEARTBEATS_PER_ELECTION, MAX_LEARNERS, placeOf, VOTER_COUNTS, VOTER_COUNTS_TEXT } from './group-limits.js';

/** Settings of one member of a replicated group. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a module does not know the types of its user's machine
export interface ReplicationOptions<Command = any, Result = any> {
  /** Name of the group, the same on all members; part of the database's file name. */
  readonly group: string;
  /** Which of the members this process is. */
  readonly id: number;
  /** The voters, 1, 3 or 5, this member among them unless it is a learner; at the addresses at which the others reach them. */
  readonly voters: readonly MemberAddress[];
  /** The members that have the whole log and no vote, up to 16; the same list on all members. @default none */
  readonly learners?: readonly MemberAddress[];
  /** The kind of this member. @default 'voter' */
  readonly role?: 'voter' | 'learner';
  /** How long a learner may answer reads by itself after it has asked, in milliseconds; the same on all members. @default 500 */
  readonly readLeaseMs?: number;
  /** By how much earlier a learner ends its lease, in milliseconds: its clock may run slower than the leader's. @default 25 */
  readonly clockDriftMarginMs?: number;
  /**
   * Called at a learner when commands arrive, in order, before they take effect anywhere: nobody is told of them until the promise
   * has resolved, or this learner's lease has ended. They may yet be overwritten. Not called for what comes in a snapshot: a
   * learner that needs one holds no lease. A hook that gives others leases of its own, until this learner's ends, must not resolve in
   * the first `readLeaseMs` of its process: those that an earlier process has given run on. It must not reject; that stops the process. @default does nothing
   */
  readonly onReceived?: (commands: readonly Command[]) => Promise<void>;
  /** Directory of this member's database; created when missing. */
  readonly dataDir: string;
  /** The state machine that the log drives. */
  readonly stateMachine: StateMachine<Command, Result>;
  /** Interval between heartbeats, in milliseconds. @default 50 */
  readonly heartbeatIntervalMs?: number;
  /** Shortest silence after which a follower asks for votes, in milliseconds; the longest is twice that; at least 5 heartbeats. @default 500 */
  readonly electionTimeoutMs?: number;
  /** Whether leadership moves, without an outage, to the highest live id once that one has caught up. @default true */
  readonly preferHighestId?: boolean;
  /** How long a proposal or read waits for a majority before its outcome is unknown, in milliseconds. @default 5000 */
  readonly proposalTimeoutMs?: number;
  /** Maximum number of proposals that wait. Beyond it, `propose` fails with `Overloaded`. @default 10000 */
  readonly maxProposals?: number;
  /** Number of applied entries kept in the log, so that a member that was away catches up without a snapshot. @default 150000 */
  readonly keepEntries?: number;
  /** Passed on to Nest's TCP clients: serializer, TLS, limits. @default none */
  readonly tcp?: NonNullable<TcpClientOptions['options']>;
  /** Called when the disk or the state machine can't be trusted any more: must end the process. @default logs, then exits with the error's `exitCode`, or 1 */
  readonly onFatal?: (error: unknown) => void;
}

/** The same with every default filled in. */
export type CompleteOptions = Required<Omit<ReplicationOptions, 'onReceived'>> & Pick<ReplicationOptions, 'onReceived'>;

/** Options that can't be used, with every problem. The process should end with `exitCode`. */
export class OptionsError extends RangeError {
  readonly exitCode = 2;

  constructor(problems: readonly string[]) {
    super(`replication options: ${problems.join('; ')}`);
    this.name = 'OptionsError';
  }
}

/** Checks the options as a whole and fills in the defaults. Throws an `OptionsError` that lists every problem. */
export function completeOptions(options: ReplicationOptions): CompleteOptions {
  const complete: CompleteOptions = {
    learners: [],
    role: 'voter',
    readLeaseMs: 500,
    clockDriftMarginMs: 25,
    heartbeatIntervalMs: 50,
    electionTimeoutMs: 500,
    preferHighestId: true,
    proposalTimeoutMs: 5000,
    maxProposals: 10_000,
    keepEntries: 150_000,
    tcp: {},
    onFatal: stopProcess,
    ...given(options),
  };
  const problems = [
    ...problemsOfGroup(complete),
    ...problemsOfMember(complete),
    ...problemsOfLearners(complete),
    ...problemsOfLimits(complete),
  ];
  if (problems.length > 0) throw new OptionsError(problems);
  return complete;
}

/** Drops the options that are present but undefined: they must not replace a default. */
function given(options: ReplicationOptions): ReplicationOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}

function problemsOfGroup({ group, voters, learners }: CompleteOptions): string[] {
  const all = [...voters, ...learners];
  const hasTwice = (of: (member: MemberAddress) => unknown): boolean => new Set(all.map(of)).size < all.length;
  return problems(
    [/^[a-z][a-z0-9-]*$/.test(group), `group "${group}" should be a lower-case word`],
    [VOTER_COUNTS.includes(voters.length), `a group has ${VOTER_COUNTS_TEXT} voters, not ${voters.length}`],
    [!hasTwice(({ id }) => id), 'two members have the same id'],
    [!hasTwice(placeOf), 'two members have the same address, perhaps under another name'],
    ...all.flatMap(({ id, host, port }): Rule[] => [
      [isWhole(id, 1), `id ${id} should be a whole number from 1`],
      [host !== '', `member ${id} has no host`],
      [isWhole(port, 1) && port < 65_536, `port ${port} of member ${id} should be from 1 to 65535`],
    ]),
  );
}

function problemsOfMember({ id, voters, learners, role, dataDir, stateMachine }: CompleteOptions): string[] {
  const ids = (role === 'learner' ? learners : voters).map((member) => member.id);
  const methods = ['prepare', 'apply', 'snapshot', 'restore'] as const;
  return problems(
    [ids.includes(id), `id ${id} is not one of the ${role === 'learner' ? 'learners' : 'voters'} ${ids.join(', ')}`],
    [dataDir !== '', 'dataDir is empty'],
    ...methods.map((method): Rule => [
      typeof stateMachine[method] === 'function',
      `the state machine has no ${method}()`,
    ]),
  );
}

function problemsOfLearners(options: CompleteOptions): string[] {
  const { learners, role, readLeaseMs, clockDriftMarginMs, heartbeatIntervalMs, onReceived } = options;
  return problems(
    [learners.length <= MAX_LEARNERS, `a group has at most ${MAX_LEARNERS} learners, not ${learners.length}`],
    [isWhole(readLeaseMs, 1), 'readLeaseMs must be a whole number from 1'],
    [
      readLeaseMs >= 4 * heartbeatIntervalMs,
      `readLeaseMs ${readLeaseMs} must hold at least 4 heartbeats of ${heartbeatIntervalMs} ms`,
    ],
    [
      clockDriftMarginMs >= 0 && clockDriftMarginMs < readLeaseMs / 2,
      `clockDriftMarginMs ${clockDriftMarginMs} must be less than half of readLeaseMs ${readLeaseMs}`,
    ],
    [role === 'learner' || onReceived === undefined, 'onReceived is for learners'],
  );
}

function problemsOfLimits(options: CompleteOptions): string[] {
  const { heartbeatIntervalMs, electionTimeoutMs, proposalTimeoutMs, maxProposals, keepEntries } = options;
  return problems(
    [heartbeatIntervalMs > 0, 'heartbeatIntervalMs must be above 0'],
    [
      electionTimeoutMs >= HEARTBEATS_PER_ELECTION * heartbeatIntervalMs,
      `electionTimeoutMs ${electionTimeoutMs} must hold at least ${HEARTBEATS_PER_ELECTION} heartbeats of ${heartbeatIntervalMs} ms`,
    ],
    [proposalTimeoutMs > 0, 'proposalTimeoutMs must be above 0'],
    [isWhole(maxProposals, 1), 'maxProposals must be a whole number from 1'],
    [isWhole(keepEntries, 0), 'keepEntries must be a whole number from 0'],
  );
}

/**
 * The members that one with these options sends to, in this order; a learner talks to voters only. Voters come first: they have a
 * disk to wait for, and learners answer long before that.
 */
export function peersOf({ id, voters, learners, role }: CompleteOptions): readonly MemberAddress[] {
  return (role === 'learner' ? voters : [...voters, ...learners]).filter((member) => member.id !== id);
}

/** The name of a member in log lines. */
export function nameOf({ group, voters, learners }: CompleteOptions, id: number): string {
  return [...voters, ...learners].find((member) => member.id === id)?.name ?? `${group}-${id}`;
}

/** A rule, and the message for when it is broken. */
type Rule = readonly [isKept: boolean, problem: string];

function problems(...rules: readonly Rule[]): string[] {
  return rules.filter(([isKept]) => !isKept).map(([, problem]) => problem);
}

function isWhole(value: number, atLeast: number): boolean {
  return Number.isSafeInteger(value) && value >= atLeast;
}
