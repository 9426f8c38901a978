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
  /** Id of this member. */
  readonly id: number;
  /** The voters, 1, 3 or 5, including this member unless it is a learner; with the addresses at which the others reach them. */
  readonly voters: readonly MemberAddress[];
  /** The members that receive the log but do not vote, up to 16; the same list on all members. @default none */
  readonly learners?: readonly MemberAddress[];
  /** The kind of this member. @default 'voter' */
  readonly role?: 'voter' | 'learner';
  /** Length of a read lease, with which a learner answers reads by itself, in milliseconds; the same on all members. @default 500 */
  readonly readLeaseMs?: number;
  /** How much earlier a learner ends its lease, in milliseconds: its clock may be slower than the leader's. @default 25 */
  readonly clockDriftMarginMs?: number;
  /**
   * Called at a learner when commands arrive, in order, before they take effect anywhere: they stay invisible until the promise has
   * resolved, or this learner's lease has ended. They may still be overwritten. Not called for the contents of a snapshot: a learner
   * that needs one holds no lease. A hook that grants leases of its own, until this learner's lease ends, must not resolve in the
   * first `readLeaseMs` of its process: leases of an earlier process are still valid. A rejection stops the process. @default does nothing
   */
  readonly onReceived?: (commands: readonly Command[]) => Promise<void>;
  /** Directory of this member's database; created if missing. */
  readonly dataDir: string;
  /** The state machine that the log drives. */
  readonly stateMachine: StateMachine<Command, Result>;
  /** Interval between heartbeats, in milliseconds. @default 50 */
  readonly heartbeatIntervalMs?: number;
  /** Shortest silence after which a follower asks for votes, in milliseconds; the longest is twice that; at least 5 heartbeats. @default 500 */
  readonly electionTimeoutMs?: number;
  /** Whether leadership moves, without an outage, to the highest live id once that member has caught up. @default true */
  readonly preferHighestId?: boolean;
  /** How long a proposal or read waits for a majority before its outcome is unknown, in milliseconds. @default 5000 */
  readonly proposalTimeoutMs?: number;
  /** Maximum number of pending proposals. Beyond it, `propose` fails with `Overloaded`. @default 10000 */
  readonly maxProposals?: number;
  /** Number of applied entries kept in the log, so that a member that was down catches up without a snapshot. @default 150000 */
  readonly keepEntries?: number;
  /** Passed on to Nest's TCP clients: serializer, TLS, limits. @default none */
  readonly tcp?: NonNullable<TcpClientOptions['options']>;
  /** Called when the disk or the state machine can't be trusted. Must end the process. @default logs, then exits with the error's `exitCode`, or 1 */
  readonly onFatal?: (error: unknown) => void;
}

/** Options with every default filled in. */
export type CompleteOptions = Required<Omit<ReplicationOptions, 'onReceived'>> & Pick<ReplicationOptions, 'onReceived'>;

/** Invalid options, with every problem. The process should end with `exitCode`. */
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

/** Drops options that are undefined, so that they don't replace a default. */
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
 * Returns the members to send to, in this order; a learner sends only to voters. Voters come first, because they wait for a disk
 * and learners don't.
 */
export function peersOf({ id, voters, learners, role }: CompleteOptions): readonly MemberAddress[] {
  return (role === 'learner' ? voters : [...voters, ...learners]).filter((member) => member.id !== id);
}

/** Returns the name of a member in log lines. */
export function nameOf({ group, voters, learners }: CompleteOptions, id: number): string {
  return [...voters, ...learners].find((member) => member.id === id)?.name ?? `${group}-${id}`;
}

/** A rule, and the message if it is broken. */
type Rule = readonly [isKept: boolean, problem: string];

function problems(...rules: readonly Rule[]): string[] {
  return rules.filter(([isKept]) => !isKept).map(([, problem]) => problem);
}

function isWhole(value: number, atLeast: number): boolean {
  return Number.isSafeInteger(value) && value >= atLeast;
}
