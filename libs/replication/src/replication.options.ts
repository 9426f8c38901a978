import type { TcpClientOptions } from '@nestjs/microservices';
import type { LeaderAddress } from './errors.js';
import type { StateMachine } from './state-machine.js';
import { stopProcess } from './stop-process.js';

/** Settings of one member of a replicated group. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a module does not know the types of its user's machine
export interface ReplicationOptions<Command = any, Result = any> {
  /** Name of the group, the same on all members; part of the database's file name. */
  readonly group: string;
  /** Which of the members this process is. */
  readonly id: number;
  /** All members, this one included: 1, 3 or 5. The addresses are those at which the others reach them. */
  readonly members: readonly LeaderAddress[];
  /** Directory of this member's database; created when missing. */
  readonly dataDir: string;
  /** What the log drives. */
  readonly stateMachine: StateMachine<Command, Result>;
  /** A leader shows itself so often. @default 50 */
  readonly heartbeatIntervalMs?: number;
  /** A follower that hears nothing for so long, up to twice as long, asks for votes. At least 5 heartbeats. @default 500 */
  readonly electionTimeoutMs?: number;
  /** Leadership moves, without an outage, to the highest live id once that one has caught up. @default true */
  readonly preferHighestId?: boolean;
  /** A proposal or read waits so long for a majority before its outcome is called unknown. @default 5000 */
  readonly proposalTimeoutMs?: number;
  /** Proposals that may wait at once; beyond it `Overloaded`. @default 10000 */
  readonly maxProposals?: number;
  /** Applied entries kept in the log, so that a member that was away catches up without a snapshot. @default 150000 */
  readonly keepEntries?: number;
  /** Passed on to Nest's TCP clients: serializer, TLS, limits. @default none */
  readonly tcp?: NonNullable<TcpClientOptions['options']>;
  /** The disk or the state machine can't be trusted any more: must end the process. @default logs, then exits with the error's `exitCode`, or 1 */
  readonly onFatal?: (error: unknown) => void;
}

/** The same with every default filled in. */
export type CompleteOptions = Required<ReplicationOptions>;

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
  const problems = [...problemsOfGroup(complete), ...problemsOfMember(complete), ...problemsOfLimits(complete)];
  if (problems.length > 0) throw new OptionsError(problems);
  return complete;
}

/** Without what is there but undefined, which must not take the place of a default. */
function given(options: ReplicationOptions): ReplicationOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}

function problemsOfGroup({ group, members }: CompleteOptions): string[] {
  const hasTwice = (of: (member: LeaderAddress) => unknown): boolean => new Set(members.map(of)).size < members.length;
  return problems(
    [/^[a-z][a-z0-9-]*$/.test(group), `group "${group}" should be a lower-case word`],
    [[1, 3, 5].includes(members.length), `a group has 1, 3 or 5 members, not ${members.length}`],
    [!hasTwice(({ id }) => id), 'two members have the same id'],
    [!hasTwice(placeOf), 'two members have the same address, perhaps under another name'],
    ...members.flatMap(({ id, host, port }): Rule[] => [
      [isWhole(id, 1), `id ${id} should be a whole number from 1`],
      [host !== '', `member ${id} has no host`],
      [isWhole(port, 1) && port < 65_536, `port ${port} of member ${id} should be from 1 to 65535`],
    ]),
  );
}

/** This machine's own address under each of its names; the last two, where a connection is made to them. */
const LOOPBACK = ['localhost', 'localhost.', '127.0.0.1', '[::1]', '[::ffff:7f00:1]', '0.0.0.0', '[::]'];

/** The same for two members exactly when they can't both listen: `LOCALHOST:7201` is `127.0.0.1:7201`. */
function placeOf({ host, port }: LeaderAddress): string {
  const bracketed = host.includes(':') ? `[${host}]` : host;
  // A URL has one spelling for each address: 127.1 becomes 127.0.0.1, 0:0::1 becomes ::1.
  const spelled = URL.canParse(`http://${bracketed}`) ? new URL(`http://${bracketed}`).hostname : bracketed;
  return `${LOOPBACK.includes(spelled) ? 'loopback' : spelled}:${port}`;
}

function problemsOfMember({ id, members, dataDir, stateMachine }: CompleteOptions): string[] {
  const ids = members.map((member) => member.id);
  const methods = ['prepare', 'apply', 'snapshot', 'restore'] as const;
  return problems(
    [ids.includes(id), `id ${id} is not one of the members ${ids.join(', ')}`],
    [dataDir !== '', 'dataDir is empty'],
    ...methods.map((method): Rule => [
      typeof stateMachine[method] === 'function',
      `the state machine has no ${method}()`,
    ]),
  );
}

function problemsOfLimits(options: CompleteOptions): string[] {
  const { heartbeatIntervalMs, electionTimeoutMs, proposalTimeoutMs, maxProposals, keepEntries } = options;
  return problems(
    [heartbeatIntervalMs > 0, 'heartbeatIntervalMs must be above 0'],
    [
      electionTimeoutMs >= 5 * heartbeatIntervalMs,
      `electionTimeoutMs ${electionTimeoutMs} must hold at least 5 heartbeats of ${heartbeatIntervalMs} ms`,
    ],
    [proposalTimeoutMs > 0, 'proposalTimeoutMs must be above 0'],
    [isWhole(maxProposals, 1), 'maxProposals must be a whole number from 1'],
    [isWhole(keepEntries, 0), 'keepEntries must be a whole number from 0'],
  );
}

/** What should be so, and what to say when it is not. */
type Rule = readonly [isKept: boolean, problem: string];

function problems(...rules: readonly Rule[]): string[] {
  return rules.filter(([isKept]) => !isKept).map(([, problem]) => problem);
}

function isWhole(value: number, atLeast: number): boolean {
  return Number.isSafeInteger(value) && value >= atLeast;
}
