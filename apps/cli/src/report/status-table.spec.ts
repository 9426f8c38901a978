import type { ReplicaStatus } from '@stock-bazaar/replication';
import { describe, expect, it } from 'vitest';
import { leaderOf, type GroupReport, type MemberReport } from './cluster-status.js';
import { quorumProblems, statusTable } from './status-table.js';

function member(id: number, status: Partial<ReplicaStatus> | null): MemberReport {
  const complete: ReplicaStatus = {
    group: 'order',
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
    peers: [],
    settledIndex: 10,
    learners: [],
    readLeaseMs: null,
    syncP99Ms: 1,
    slowestSyncMs: 2,
    syncs: 1,
  };
  return {
    process: `order-${id}`,
    id,
    address: `127.0.0.1:710${id}`,
    status: status && { ...complete, ...status },
    problem: status === null ? 'refuses connections (ECONNREFUSED)' : null,
  };
}

function group(...members: MemberReport[]): GroupReport {
  return { group: 'order', members, leader: leaderOf(members) };
}

describe('the leader of a group', () => {
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
    const peers = [{ id: 1, matchIndex: 7, lag: 3, lastHeardMs: 20 }];
    const leader = member(3, { role: 'leader', lastHeartbeatMs: null, peers });
    const table = statusTable({ groups: [group(member(1, {}), member(2, null), leader)], unrecordedTrades: null }, [
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
    const table = statusTable({ groups: [group(long)], unrecordedTrades: null }, [
      { name: 'order-1', address: 'a', pid: 1_234_567, state: 'running' },
    ]);
    expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it.each([40, 80])('fits a terminal of %i columns, and still names each process and its role', (width) => {
    const peers = [{ id: 1, matchIndex: 7, lag: 3, lastHeardMs: 20 }];
    const long = { term: 1000, lastIndex: 12_345_678, commitIndex: 12_345_678, appliedIndex: 12_345_678 };
    const members = [member(1, { ...long, role: 'preCandidate' }), member(3, { ...long, role: 'leader', peers })];
    const table = statusTable({ groups: [group(...members)], unrecordedTrades: null }, [], width);
    expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width);
    for (const word of ['order-1', 'preCandidate', 'order-3', 'leader', 'lag']) expect(table).toContain(word);
    expect(table.includes('heartbeat')).toBe(width === 80);
  });

  it('shows how many trades the catalog has executed that are not known to be on record', () => {
    const catalog = { ...group(member(1, { role: 'leader' })), group: 'catalog' };
    expect(statusTable({ groups: [catalog], unrecordedTrades: 7 }, [])).toContain('7 trades not on record yet');
    expect(statusTable({ groups: [catalog], unrecordedTrades: -9 }, [])).toContain('has forgotten 9 trades');
    expect(statusTable({ groups: [catalog], unrecordedTrades: null }, [])).not.toContain('trades');
  });

  it('tells a missing quorum from a missing leader', () => {
    expect(quorumProblems([group(member(1, { role: 'leader' }), member(2, null), member(3, null))])).toEqual([]);
    expect(quorumProblems([group(member(1, {}), member(2, null), member(3, null))])).toEqual([
      'the order group has no quorum: 1 of 3 members answer, 2 are needed',
    ]);
    expect(quorumProblems([group(member(1, {}), member(2, {}), member(3, null))])).toEqual([
      'the order group has no leader at the moment, although 2 of 3 members answer',
    ]);
  });
});
