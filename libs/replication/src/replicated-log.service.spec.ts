import { describe, expect, it } from 'vitest';
import type { Ports, Storage } from './ports.js';
import { CorruptData } from './errors.js';
import { ReplicatedLog } from './replicated-log.service.js';
import type { StateMachine } from './state-machine.js';

const stateMachine: StateMachine<unknown, unknown> = {
  prepare: () => undefined,
  apply: () => undefined,
  snapshot: () => [],
  restore: () => undefined,
};
const voters = [{ id: 1, host: '127.0.0.1', port: 7201 }];

describe('a member whose disk holds an impossible state', () => {
  const found = { firstIndex: 1, lastIndex: 3, termAt: () => 4, mayVote: true };

  it.each([
    ['a log ahead of the term', { hardState: { term: 3, vote: null }, appliedIndex: 3 }, 'is not ahead of the term'],
    ['more applied than there is', { hardState: { term: 4, vote: null }, appliedIndex: 9 }, 'what was applied is'],
  ])('does not start, and reports corrupt data: %s', (_, values, message) => {
    const storage = { ...found, ...values } as unknown as Storage;
    const ports = { storage, random: () => 0, newId: () => 'id' } as Ports;
    const start = (): unknown =>
      new ReplicatedLog({ group: 'sum', id: 1, voters, dataDir: 'data/1', stateMachine }, ports);
    expect(start).toThrow(CorruptData);
    expect(start).toThrow(message);
  });
});
