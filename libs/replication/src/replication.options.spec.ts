import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Counter } from '../testing/counter.js';
import { completeOptions, type ReplicationOptions } from './replication.options.js';

const voters = [1, 2, 3].map((id) => ({ id, host: '127.0.0.1', port: 7000 + id }));
const minimal = { group: 'counter', id: 1, voters, dataDir: './data', stateMachine: new Counter() };

describe('the options of a member', () => {
  it('have defaults wherever possible', () => {
    const { onFatal, ...complete } = completeOptions(minimal);
    expect(typeof onFatal).toBe('function');
    expect(complete).toMatchObject({ ...minimal, heartbeatIntervalMs: 50, electionTimeoutMs: 500, tcp: {} });
  });

  it('have the defaults in the README and the docstrings', () => {
    const complete = completeOptions(minimal);
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const source = readFileSync(new URL('replication.options.ts', import.meta.url), 'utf8');
    const names = ['heartbeatIntervalMs', 'electionTimeoutMs', 'preferHighestId', 'proposalTimeoutMs'] as const;
    const ofLearners = ['readLeaseMs', 'clockDriftMarginMs'] as const;
    for (const name of [...names, ...ofLearners, 'maxProposals', 'keepEntries'] as const) {
      const inReadme = new RegExp(`\\| \`${name}\` +\\| ([^|]+?) +\\|`).exec(readme)?.[1]?.replace(/[ `]/g, '');
      const inSource = new RegExp(`@default (\\S+) \\*/\\n +readonly ${name}\\?`).exec(source)?.[1];
      expect([name, inReadme, inSource]).toEqual([name, String(complete[name]), String(complete[name])]);
    }
  });

  it('use the default for a property that is undefined', () => {
    const loose = { ...minimal, keepEntries: undefined } as unknown as ReplicationOptions;
    expect(completeOptions(loose)).toEqual(completeOptions(minimal));
  });

  it('distinguish a learner from a voter', () => {
    const learners = [{ id: 101, name: 'reader-1', host: '127.0.0.1', port: 7101 }];
    const learner = { ...minimal, learners, id: 101, role: 'learner' } as const;
    expect(completeOptions(learner)).toMatchObject({ role: 'learner', readLeaseMs: 500, clockDriftMarginMs: 25 });
    expect(() => completeOptions({ ...learner, role: 'voter' })).toThrow('id 101 is not one of the voters 1, 2, 3');
    expect(() => completeOptions({ ...learner, id: 1 })).toThrow('id 1 is not one of the learners 101');
    expect(() => completeOptions({ ...minimal, learners: [voters[1]!] })).toThrow('two members have the same id');
    expect(() => completeOptions({ ...minimal, readLeaseMs: 100, clockDriftMarginMs: 60 })).toThrow(
      'readLeaseMs 100 must hold at least 4 heartbeats of 50 ms; clockDriftMarginMs 60 must be less than half',
    );
  });

  it('are checked as a whole, with every problem in one message', () => {
    const wrong = {
      ...{ group: 'The Group', id: 9, dataDir: '', heartbeatIntervalMs: 200, electionTimeoutMs: 900 },
      ...{ proposalTimeoutMs: 0, maxProposals: 0.5, keepEntries: -1 },
      voters: [...voters.slice(1), { id: 2, host: '', port: 70_000 }, { id: 0, host: '127.0.0.1', port: 7003 }],
      stateMachine: { apply: () => 0 } as never,
    };
    expect(() => completeOptions(wrong)).toThrow(RangeError);
    for (const problem of [
      'group "The Group" should be a lower-case word',
      'a group has 1, 3 or 5 voters, not 4',
      'two members have the same id',
      'two members have the same address',
      'id 0 should be a whole number from 1',
      'member 2 has no host',
      'port 70000 of member 2 should be from 1 to 65535',
      'id 9 is not one of the voters 2, 3, 2, 0',
      'dataDir is empty',
      'the state machine has no prepare()',
      'the state machine has no snapshot()',
      'electionTimeoutMs 900 must hold at least 5 heartbeats of 200 ms',
      'proposalTimeoutMs must be above 0',
      'maxProposals must be a whole number from 1',
      'keepEntries must be a whole number from 0',
    ])
      expect(() => completeOptions(wrong)).toThrow(problem);
  });
});
