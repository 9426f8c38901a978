import { hasQuorum, othersOf, votersOf, type MemberReport, type ClusterReport } from '#exchange';
import { majorityOf } from '#replication';
import { renderTable, type Cell } from '../terminal/table.js';
import { terminalWidth } from '../terminal/terminal.js';

const HEAD = ['process', 'address', 'pid', 'role', 'term', 'last', 'commit', 'applied', 'lag', 'heard', 'lease'];

/** The columns that are left out on a narrow terminal, first to last. At 40 columns there is room for the process, its role, its term and its lag. */
const DISPENSABLE = ['applied', 'last', 'pid', 'commit', 'address', 'lease', 'heard', 'lag', 'term'];

/** From the term on. */
const NOTHING: readonly Cell[] = HEAD.slice(4).map(() => null);

/** A process of a demo. */
export interface ProcessInfo {
  readonly name: string;
  readonly address: string;
  readonly pid: number | null;
  readonly state: string;
}

/** One row per member, as each of them sees itself, and one per gateway of a demo; below it, what is to be said of some. */
export function statusTable(report: ClusterReport, processes: readonly ProcessInfo[], width = terminalWidth()): string {
  const members = report.members.map((member) => memberRow(member, report, pidOf(processes, member.process)));
  const gateways = processes.filter(({ name }) => name.startsWith('frontend-')).map(gatewayRow);
  return [renderTable(HEAD, [...members, ...gateways], DISPENSABLE, width), ...notes(report, processes)].join('\n');
}

function notes({ members }: ClusterReport, processes: readonly ProcessInfo[]): string[] {
  return [
    ...members.flatMap(({ process, problem }) => (problem === null ? [] : [`${process}: ${problem}`])),
    ...processes.filter(isStoppedGateway).map(({ name, state }) => `${name}: ${state}`),
  ];
}

function isStoppedGateway({ name, state }: ProcessInfo): boolean {
  return name.startsWith('frontend-') && state !== 'running';
}

function memberRow(member: MemberReport, report: ClusterReport, pid: number | null): readonly Cell[] {
  const { process, address, status } = member;
  if (status === null) return [process, address, pid, 'no answer', ...NOTHING];
  return [
    process,
    address,
    pid,
    status.role,
    status.term,
    status.lastIndex,
    status.commitIndex,
    status.appliedIndex,
    lagOf(member, report),
    heartbeatOf(member, report),
    milliseconds(status.readLeaseMs),
  ];
}

function gatewayRow({ name, address, pid }: ProcessInfo): readonly Cell[] {
  return [name, address, pid, 'gateway', ...NOTHING];
}

function pidOf(processes: readonly ProcessInfo[], name: string): number | null {
  return processes.find((process) => process.name === name)?.pid ?? null;
}

/** Entries behind the leader, as the leader knows it. */
function lagOf(member: MemberReport, report: ClusterReport): number | null {
  if (report.leader === member) return 0;
  return othersOf(report.leader).find(({ id }) => id === member.id)?.lag ?? null;
}

/** How long ago a member heard its leader, or the leader this member. */
function heartbeatOf(member: MemberReport, { leader }: ClusterReport): string | null {
  const asOther = othersOf(leader).find(({ id }) => id === member.id);
  return milliseconds(member.status?.lastHeartbeatMs ?? asOther?.lastContactMs ?? null);
}

function milliseconds(ms: number | null): string | null {
  return ms === null ? null : `${Math.round(ms)} ms`;
}

/** A line when nobody leads, or none. */
export function quorumProblems(report: ClusterReport): readonly string[] {
  if (report.leader !== null) return [];
  const voters = votersOf(report);
  const answering = voters.filter(({ status }) => status !== null).length;
  const up = `${answering} of ${voters.length} order replicas answer`;
  if (hasQuorum(report)) return [`the exchange has no leader at the moment, although ${up}`];
  return [`the exchange has no quorum: ${up}, ${majorityOf(voters.length)} are needed`];
}
