import type { DemoInfo } from '../demo/control.messages.js';
import { hasQuorum, type GroupReport, type MemberReport, type SystemReport } from './cluster-status.js';
import { renderTable, type Cell } from './table.js';
import { terminalWidth } from './terminal.js';

const HEAD = ['process', 'address', 'pid', 'role', 'term', 'last', 'commit', 'applied', 'lag', 'heartbeat'];

/** What is left out first on a narrow terminal. At 40 columns there is room for the process, its role, its term and its lag. */
const DISPENSABLE = ['applied', 'last', 'pid', 'commit', 'address', 'heartbeat', 'lag', 'term'];

type ProcessInfo = DemoInfo['processes'][number];

/** One row per member, as each of them sees itself, and one per gateway of a demo; below it, what is to be said of some. */
export function statusTable(report: SystemReport, processes: readonly ProcessInfo[], width = terminalWidth()): string {
  const members = report.groups.flatMap((group) =>
    group.members.map((member) => memberRow(member, group, pidOf(processes, member.process))),
  );
  const gateways = processes.filter(({ name }) => name.startsWith('frontend-')).map(gatewayRow);
  return [renderTable(HEAD, [...members, ...gateways], DISPENSABLE, width), ...notes(report, processes)].join('\n');
}

function notes({ groups, unrecordedTrades }: SystemReport, processes: readonly ProcessInfo[]): string[] {
  const members = groups.flatMap((group) => group.members);
  const catalog = groups.find(({ group }) => group === 'catalog')?.leader;
  return [
    ...members.flatMap(({ process, problem }) => (problem === null ? [] : [`${process}: ${problem}`])),
    ...processes.filter(isStoppedGateway).map(({ name, state }) => `${name}: ${state}`),
    ...(catalog && unrecordedTrades !== null ? [`${catalog.process}: ${unrecordedWords(unrecordedTrades)}`] : []),
  ];
}

function isStoppedGateway({ name, state }: ProcessInfo): boolean {
  return name.startsWith('frontend-') && state !== 'running';
}

function memberRow(member: MemberReport, group: GroupReport, pid: number | null): readonly Cell[] {
  const { process, address, status } = member;
  if (status === null) return [process, address, pid, 'no answer', null, null, null, null, null, null];
  return [
    process,
    address,
    pid,
    status.role,
    status.term,
    status.lastIndex,
    status.commitIndex,
    status.appliedIndex,
    lagOf(member, group),
    heartbeatOf(member, group),
  ];
}

function unrecordedWords(count: number): string {
  if (count >= 0) return `${count} trades not on record yet`;
  return `has forgotten ${-count} trades: \`bazaar restore-catalog\``;
}

function gatewayRow({ name, address, pid }: ProcessInfo): readonly Cell[] {
  return [name, address, pid, 'gateway', null, null, null, null, null, null];
}

function pidOf(processes: readonly ProcessInfo[], name: string): number | null {
  return processes.find((process) => process.name === name)?.pid ?? null;
}

/** Entries behind the leader, as the leader knows it. */
function lagOf(member: MemberReport, { leader }: GroupReport): number | null {
  if (leader === member) return 0;
  return leader?.status?.peers.find((peer) => peer.id === member.id)?.lag ?? null;
}

/** How long ago a follower heard its leader, or the leader this follower. */
function heartbeatOf(member: MemberReport, { leader }: GroupReport): string | null {
  const asPeer = leader?.status?.peers.find((peer) => peer.id === member.id);
  const heardMs = member.status?.lastHeartbeatMs ?? asPeer?.lastHeardMs ?? null;
  return heardMs === null ? null : `${Math.round(heardMs)} ms`;
}

/** One line per group without a leader, or none. */
export function quorumProblems(groups: readonly GroupReport[]): readonly string[] {
  return groups
    .filter((group) => group.leader === null)
    .map((report) => {
      const { group, members } = report;
      const answering = members.filter((member) => member.status !== null).length;
      const needed = Math.floor(members.length / 2) + 1;
      return !hasQuorum(report)
        ? `the ${group} group has no quorum: ${answering} of ${members.length} members answer, ${needed} are needed`
        : `the ${group} group has no leader at the moment, although ${answering} of ${members.length} members answer`;
    });
}
