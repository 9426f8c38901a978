import type { TcpClientOptions } from '@nestjs/microservices';
import type { LeaderAddress } from './errors.js';
import type { StateMachine } from './state-machine.js';

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
  /** Applied entries kept in the log, so that a member that was away catches up without a snapshot. @default 100000 */
  readonly keepEntries?: number;
  /** Passed on to Nest's TCP clients: serializer, TLS, limits. @default none */
  readonly tcp?: NonNullable<TcpClientOptions['options']>;
  /** The disk or the state machine can't be trusted any more: must end the process. @default logs, then exits with the error's `exitCode`, or 1 */
  readonly onFatal?: (error: unknown) => void;
}

/** The same with every default filled in. */
export type CompleteOptions = Required<ReplicationOptions>;

/** Checks the options as a whole and fills in the defaults. Throws a RangeError that lists every problem. */
export function completeOptions(options: ReplicationOptions): CompleteOptions {
  const complete: CompleteOptions = {
    heartbeatIntervalMs: 50,
    electionTimeoutMs: 500,
    preferHighestId: true,
    proposalTimeoutMs: 5000,
    maxProposals: 10_000,
    keepEntries: 100_000,
    tcp: {},
    onFatal: stopProcess,
    ...options,
  };
  const problems = problemsOf(complete);
  if (problems.length > 0) throw new RangeError(`replication options: ${problems.join('; ')}`);
  return complete;
}

function problemsOf({ group, id, members, heartbeatIntervalMs, electionTimeoutMs }: CompleteOptions): string[] {
  const ids = members.map((member) => member.id);
  return [
    ...(/^[a-z][a-z0-9-]*$/.test(group) ? [] : [`group "${group}" should be a lower-case word`]),
    ...([1, 3, 5].includes(ids.length) ? [] : [`a group has 1, 3 or 5 members, not ${ids.length}`]),
    ...(new Set(ids).size === ids.length ? [] : ['two members have the same id']),
    ...(ids.includes(id) ? [] : [`id ${id} is not one of the members ${ids.join(', ')}`]),
    ...(heartbeatIntervalMs > 0 ? [] : ['heartbeatIntervalMs must be above 0']),
    ...(electionTimeoutMs >= 5 * heartbeatIntervalMs
      ? []
      : [`electionTimeoutMs ${electionTimeoutMs} must hold at least 5 heartbeats of ${heartbeatIntervalMs} ms`]),
  ];
}

function stopProcess(error: unknown): void {
  const { exitCode = 1, message = String(error) } = error as { exitCode?: number; message?: string };
  process.stderr.write(`replication: this member stops: ${message}\n`);
  process.exit(exitCode);
}
