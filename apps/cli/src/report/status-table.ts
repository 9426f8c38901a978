import type { GroupReport, MemberReport } from './cluster-status.js';
import { renderTable, type Cell } from './table.js';

const HEAD = ['process', 'address', 'role', 'term', 'last', 'commit', 'applied', 'lag', 'heartbeat', 'note'];

/** One row per member, as each of them sees itself. */
export function statusTable(groups: readonly GroupReport[]): string {
  return renderTable(
    HEAD,
    groups.flatMap((group) => group.members.map((member) => rowOf(member, group))),
  );
}

function rowOf(member: MemberReport, group: GroupReport): readonly Cell[] {
  const { process, address, status, problem } = member;
  if (status === null) return [process, address, 'no answer', null, null, null, null, null, null, problem];
  return [
    process,
    address,
    status.role,
    status.term,
    status.lastIndex,
    status.commitIndex,
    status.appliedIndex,
    lagOf(member, group),
    heartbeatOf(member, group),
    problem ?? '',
  ];
}

/** Entries behind the leader, as the leader knows it. */
function lagOf(member: MemberReport, { leader }: GroupReport): number | null {
  if (leader === member) return 0;
  return leader?.status?.peers.find((peer) => peer.id === member.id)?.lag ?? null;
}

/** How long ago a follower heard its leader, or the leader this follower. */
function heartbeatOf(member: MemberReport, { leader }: GroupReport): string | null {
  const heardMs =
    member.status?.lastHeartbeatMs ?? leader?.status?.peers.find((peer) => peer.id === member.id)?.lastHeardMs;
  return heardMs === null || heardMs === undefined ? null : `${Math.round(heardMs)} ms ago`;
}

/** One line per group without a leader, or none. */
export function quorumProblems(groups: readonly GroupReport[]): readonly string[] {
  return groups
    .filter((group) => group.leader === null)
    .map(({ group, members }) => {
      const answering = members.filter((member) => member.status !== null).length;
      const needed = Math.floor(members.length / 2) + 1;
      return answering < needed
        ? `the ${group} group has no quorum: ${answering} of ${members.length} members answer, ${needed} are needed`
        : `the ${group} group has no leader at the moment, although ${answering} of ${members.length} members answer`;
    });
}
