import { learnerIdOf } from '#service-kit';
import type { ReplicaStatus } from '#replication';
import { describe, expect, it } from 'vitest';
import { leaderOf, type MemberReport, type ClusterReport } from '#exchange';
import { quorumProblems, statusTable } from './status-table.js';

const CATALOG = learnerIdOf(2);

function member(id: number, status: Partial<ReplicaStatus> | null): MemberReport {
  const complete: ReplicaStatus = {
    group: 'exchange',
    groupId: 'g',
    id,
    role: 'follower',
    term: 4,
    leader: null,
    lastIndex: 10,
    commitIndex: 10,
    appliedIndex: 10,
    ready: true,
    notReadyBecause: null,
    lastHeartbeatMs: 12,
    voters: [],
    settledIndex: 10,
    learners: [],
    readLeaseMs: null,
    syncP99Ms: 1,
    slowestSyncMs: 2,
    syncs: 1,
  };
  return {
    process: id < CATALOG ? `order-${id}` : 'catalog-2',
    id,
    address: '127.0.0.1:7101',
    votes: id < CATALOG,
    status: status && { ...complete, ...status },
    problem: status === null ? 'refuses connections (ECONNREFUSED)' : null,
  };
}

function report(...members: MemberReport[]): ClusterReport {
  return { members, leader: leaderOf(members) };
}

describe('the leader', () => {
  it('is the one of the latest term, when a deposed one does not know it yet', () => {
    const members = [member(1, { role: 'leader', term: 4 }), member(2, { role: 'leader', term: 5 }), member(3, null)];
    expect(leaderOf(members)?.id).toBe(2);
  });

  it('is none as long as it is not ready', () => {
    expect(leaderOf([member(1, { role: 'leader', ready: false })])).toBeNull();
  });
});

describe('status', () => {
  it('shows lag and heartbeat as the leader and the follower know them, and who does not answer', () => {
    const voters = [{ id: 1, matchIndex: 7, lag: 3, lastContactMs: 20 }];
    const leader = member(3, { role: 'leader', lastHeartbeatMs: null, voters });
    const table = statusTable(report(member(1, {}), member(2, null), leader), [
      { name: 'order-1', address: 'a', pid: 77, state: 'running' },
    ]);
    const lines = table.split('\n').map((line) => line.split(/ {2,}/));
    expect(lines[1]).toEqual(expect.arrayContaining(['order-1', '77', 'follower', '3', '12 ms']));
    expect(lines[2]).toEqual(expect.arrayContaining(['order-2', 'no answer']));
    expect(lines[3]).toEqual(expect.arrayContaining(['order-3', 'leader', '0', '-']));
    expect(lines[4]).toEqual(['order-2: refuses connections (ECONNREFUSED)']);
  });

  it('fits a terminal of 100 columns, however long the log', () => {
    const long = member(1, { term: 1000, lastIndex: 12_345_678, commitIndex: 12_345_678, appliedIndex: 12_345_678 });
    const table = statusTable(report(long), [{ name: 'order-1', address: 'a', pid: 1_234_567, state: 'running' }]);
    expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it.each([40, 80])('fits a terminal of %i columns, and still names each process and its role', (width) => {
    const voters = [{ id: 1, matchIndex: 7, lag: 3, lastContactMs: 20 }];
    const long = { term: 1000, lastIndex: 12_345_678, commitIndex: 12_345_678, appliedIndex: 12_345_678 };
    const members = [member(1, { ...long, role: 'preCandidate' }), member(3, { ...long, role: 'leader', voters })];
    const table = statusTable(report(...members), [], width);
    expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width);
    for (const word of ['order-1', 'preCandidate', 'order-3', 'leader', 'lag']) expect(table).toContain(word);
    expect(table.includes('address')).toBe(width === 80);
  });

  it('shows how long the read lease of a catalog lasts, and its lag as the leader knows it', () => {
    const learners = [{ id: CATALOG, matchIndex: 6, lag: 4, lastContactMs: 20, readLeaseMs: 900 }];
    const catalog = member(CATALOG, { role: 'learner', readLeaseMs: 871.6 });
    const table = statusTable(report(member(1, { role: 'leader', learners }), catalog), []);
    const lines = table.split('\n').map((line) => line.split(/ {2,}/));
    expect(lines[0]?.at(-1)).toBe('lease');
    expect(lines[1]?.at(-1)).toBe('-');
    expect(lines[2]).toEqual(expect.arrayContaining(['catalog-2', 'learner', '4', '12 ms', '872 ms']));
  });

  it('tells a missing quorum from a missing leader, whatever the catalogs do', () => {
    const catalog = member(CATALOG, { role: 'learner' });
    expect(quorumProblems(report(member(1, { role: 'leader' }), member(2, null), member(3, null)))).toEqual([]);
    expect(quorumProblems(report(member(1, {}), member(2, null), member(3, null), catalog))).toEqual([
      'the exchange has no quorum: 1 of 3 order replicas answer, 2 are needed',
    ]);
    expect(quorumProblems(report(member(1, {}), member(2, {}), member(3, null), catalog))).toEqual([
      'the exchange has no leader at the moment, although 2 of 3 order replicas answer',
    ]);
  });
});
