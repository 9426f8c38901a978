import type { ClusterReport, LeaderReport, MemberReport } from '#exchange';
import type { ReplicaStatus } from '#replication';
import { describe, expect, it } from 'vitest';
import { Incidents, type Incident } from './incidents.js';

/** Three order replicas and a catalog, all well, led by `leader` in `term`. */
function report({ leader = 'order-3', term = 1, down = [] as string[], lag = 0, lease = true } = {}): ClusterReport {
  const lags = [1, 2, 3].map((id) => ({ id, lag: id === 1 ? lag : 0 }));
  const member = (process: string, id: number, votes: boolean): MemberReport => {
    const status = { term, readLeaseMs: !votes && lease ? 500 : null, voters: lags, learners: [] };
    const isUp = !down.includes(process);
    return {
      ...{ process, id, votes, address: `127.0.0.1:${id}` },
      status: isUp ? (status as unknown as ReplicaStatus) : null,
      problem: isUp ? null : 'refuses connections (ECONNREFUSED)',
    };
  };
  const members = [1, 2, 3].map((id) => member(`order-${id}`, id, true)).concat(member('catalog-1', 1001, false));
  const found = members.find(({ process, status }) => process === leader && status !== null);
  return { members, leader: (found as LeaderReport | undefined) ?? null };
}

function told(...reports: readonly ClusterReport[]): readonly Incident[] {
  const incidents = new Incidents();
  return reports.flatMap((next) => incidents.since(next));
}

describe('what happens between two reports', () => {
  it('is nothing at first, and nothing when nothing has changed', () => {
    expect(told(report(), report(), report())).toEqual([]);
  });

  it('is the death of a leader, an election, and the return', () => {
    const dead = ['order-3'];
    expect(
      told(
        report(),
        report({ leader: 'none', down: dead }),
        report({ leader: 'order-2', term: 2, down: dead }),
        report({ leader: 'order-2', term: 2 }),
        report({ leader: 'order-3', term: 3 }),
      ),
    ).toEqual([
      {
        kind: 'down',
        process: 'order-3',
        text: 'order-3 does not answer: refuses connections (ECONNREFUSED)',
      },
      { kind: 'noLeader', process: null, text: 'no order replica leads: trades wait' },
      { kind: 'leader', process: 'order-2', text: 'order-2 leads in term 2' },
      { kind: 'up', process: 'order-3', text: 'order-3 answers again' },
      { kind: 'leader', process: 'order-3', text: 'order-3 leads in term 3, after order-2' },
    ]);
  });

  it('is an election that the same replica wins again', () => {
    expect(told(report(), report({ term: 2 }))).toEqual([
      { kind: 'leader', process: 'order-3', text: 'order-3 leads in term 2' },
    ]);
  });

  it('is a member that falls behind and catches up, once each', () => {
    const lags = [0, 999, 1000, 5000, 51, 50, 0].map((lag) => report({ lag }));
    expect(told(...lags).map(({ kind, text }) => [kind, text])).toEqual([
      ['behind', 'order-1 is 1000 log entries behind, and catches up'],
      ['caughtUp', 'order-1 has caught up'],
    ]);
  });

  it('is a lease that ends, and one that is granted again; not one that goes with its catalog', () => {
    expect(told(report(), report({ lease: false }), report()).map(({ kind }) => kind)).toEqual(['leaseLost', 'lease']);
    const gone = report({ down: ['catalog-1'], lease: false });
    expect(told(report(), gone, report()).map(({ kind }) => kind)).toEqual(['down', 'up']);
  });
});
