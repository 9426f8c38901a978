import { beforeEach, describe, expect, it } from 'vitest';
import type { CoreStatus } from '../core/replica.js';
import { EventLog } from './event-log.js';
import type { Observation } from './observation.js';

const CALM: CoreStatus = {
  ...{
    id: 1,
    role: 'follower',
    term: 4,
    vote: null,
    leader: 3,
    mayVote: true,
    transferTo: null,
    voters: [],
    learners: [],
  },
  ...{ lastIndex: 10, durableIndex: 10, commitIndex: 10, settledIndex: 10, appliedIndex: 10 },
};

const silent = (id: number, lastContactTicks: number): CoreStatus['voters'][number] => ({
  ...{ id, lastContactTicks, matchIndex: 4, nextIndex: 5, state: 'probe', counts: true },
});

describe('the lines of the log', () => {
  let lines: string[];
  let log: EventLog;
  let now: number;

  /** Passes a state to the event log, and returns the lines that it wrote. */
  function see(status: Partial<CoreStatus>, rest: Partial<Observation> = {}): string[] {
    lines = [];
    log.observe({
      ...{ status: { ...CALM, ...status }, appliedIndex: 10, leaderCommitIndex: 10, leaderContactMs: 20, now },
      ...rest,
    });
    return lines;
  }

  beforeEach(() => {
    now = 1000;
    const sink = { log: (line: string) => lines.push(line), warn: (line: string) => lines.push(`! ${line}`) };
    log = new EventLog({
      nameOf: (id) => `order-${id}`,
      readLeaseMs: 500,
      voters: 3,
      silenceTicks: 50,
      tickMs: 10,
      sink,
    });
    see({});
  });

  it('are absent while nothing happens', () => {
    expect(see({})).toEqual([]);
    expect(see({ lastIndex: 99, commitIndex: 99 })).toEqual([]);
  });

  it('report an election from both sides', () => {
    expect(see({ role: 'preCandidate', leader: null }, { leaderContactMs: 512 })).toEqual([
      'no heartbeat for 512 ms, asks for votes (term 4 -> 5)',
    ]);
    expect(see({ role: 'candidate', term: 5, leader: null })).toEqual([]);
    now += 7;
    expect(see({ role: 'leader', term: 5, leader: 1 })).toEqual([
      'elected leader of term 5 with 2 of 3 votes in 7 ms, log 10, commit 10',
    ]);
    expect(see({ role: 'follower', term: 6, leader: 2 })).toEqual([
      'lost leadership of term 5: term 6 has begun',
      'follows order-2 in term 6',
    ]);
  });

  it('distinguish an empty new member from one with amnesia', () => {
    see({ term: 0, leader: null });
    expect(see({ mayVote: false })[0]).toMatch(/^has an empty disk in a group that has data/);
  });

  it('distinguish a broken connection from silence', () => {
    expect(see({ role: 'preCandidate', leader: null }, { leaderContactMs: 16 })).toEqual([
      'the connection to the leader broke, asks for votes (term 4 -> 5)',
    ]);
  });

  it('distinguish a leadership transfer from an election', () => {
    expect(see({ role: 'candidate', term: 5, leader: null })).toEqual([
      'order-3 transfers leadership to it, asks for votes (term 4 -> 5)',
    ]);
  });

  it('report a partitioned leader, and again after ten seconds without a leader', () => {
    see({ role: 'leader', leader: 1 });
    expect(see({ role: 'follower', leader: null })).toEqual([
      '! lost leadership of term 4: no majority answered; commits nothing until a leader is elected',
    ]);
    see({ role: 'preCandidate', leader: null });
    now += 10_001;
    expect(see({ role: 'preCandidate', leader: null })).toEqual([
      '! no leader for 10 s: 2 of 3 voters must be up; start those that are down',
    ]);
    now += 9000;
    expect(see({ role: 'preCandidate', leader: null })).toEqual([]);
  });

  it('do not report silent peers while the member itself stops', () => {
    see({ role: 'leader', leader: 1 });
    log.isStopping = true;
    expect(see({ role: 'leader', leader: 1, voters: [silent(2, 51)] })).toEqual([]);
    expect(see({ role: 'follower', leader: null })).toEqual([]);
  });

  it('report a silent peer once, and its return once', () => {
    see({ role: 'leader', leader: 1, voters: [silent(2, 1), silent(3, 1)] });
    expect(see({ role: 'leader', leader: 1, voters: [silent(2, 51), silent(3, 1)] })).toEqual([
      '! order-2 has not answered for 510 ms',
    ]);
    expect(see({ role: 'leader', leader: 1, voters: [silent(2, 900), silent(3, 1)] })).toEqual([]);
    expect(see({ role: 'leader', leader: 1, voters: [silent(2, 0), silent(3, 1)] })).toEqual([
      'order-2 answers again, 6 entries behind',
    ]);
  });

  it('report how long a member took to catch up after its start', () => {
    const sink = { log: (line: string) => lines.push(line), warn: (line: string) => lines.push(`! ${line}`) };
    log = new EventLog({
      nameOf: (id) => `order-${id}`,
      readLeaseMs: 500,
      voters: 3,
      silenceTicks: 50,
      tickMs: 10,
      sink,
    });
    see({ leader: null });
    expect(see({}, { leaderCommitIndex: 422 })).toEqual(['follows order-3 in term 4']);
    now += 38;
    expect(see({}, { leaderCommitIndex: 422, appliedIndex: 422 })).toEqual([
      'rejoined, 412 entries behind, caught up in 38 ms',
    ]);
  });

  it('warn of amnesia, and report when the member votes again', () => {
    expect(see({ mayVote: false })[0]).toMatch(/^! has forgotten what it promised/);
    expect(see({ mayVote: true })).toEqual(['is up to date at index 10, and votes']);
  });

  it('report a leadership transfer', () => {
    see({ role: 'leader', leader: 1 });
    expect(see({ role: 'leader', leader: 1, transferTo: 3 })).toEqual(['transfers leadership to order-3']);
  });
});
