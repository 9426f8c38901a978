import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualTime } from '../../testing/virtual-time.js';
import type { Message } from '../core/messages.js';
import type { Messenger } from './group-messenger.js';
import { LateNotices } from './late-notices.js';

const VOTER = 2;
const LEARNER = 4;
const OTHER_LEARNER = 5;

let time: VirtualTime;
let sent: Message[];
let notices: LateNotices;

function append(to: number, commitIndex: number, data: string | null = null): Message {
  const entries = data === null ? [] : [{ index: commitIndex + 1, term: 1, data }];
  const position = { from: 1, to, term: 1, prevIndex: commitIndex, prevTerm: 1 };
  return { type: 'append', ...position, entries, commitIndex, round: 1, amnesia: false, recovered: null };
}

const lease: Message = {
  type: 'leaseResponse',
  from: 1,
  to: LEARNER,
  term: 1,
  question: 1,
  nonce: 1,
  index: 3,
  leaseMs: 9,
};

async function pass(ms: number): Promise<void> {
  const until = time.now + ms;
  await time.runUntil(() => false, ms);
  expect(time.now).toBe(until);
}

beforeEach(() => {
  time = new VirtualTime();
  sent = [];
  const messenger: Messenger = {
    groupId: null,
    start: () => undefined,
    send: (messages) => sent.push(...messages),
    close: () => undefined,
  };
  notices = new LateNotices(messenger, new Set([LEARNER, OTHER_LEARNER]), (ms) => time.pause(ms));
});

describe('a notice to a learner', () => {
  it('is sent after a moment if there is nothing else to send', async () => {
    notices.send([append(LEARNER, 3), append(VOTER, 3)]);
    await pass(1);
    expect(sent).toEqual([append(VOTER, 3)]);
    await pass(1);
    expect(sent).toEqual([append(VOTER, 3), append(LEARNER, 3)]);
  });

  it('is dropped once an append was sent to the same learner', async () => {
    notices.send([append(LEARNER, 3), append(OTHER_LEARNER, 3)]);
    const next = [append(LEARNER, 4, 'x'), append(VOTER, 4, 'x')];
    notices.send(next);
    await pass(2);
    expect(sent).toEqual([...next, append(OTHER_LEARNER, 3)]);
  });

  it('is dropped once there is a newer one, which is sent in its place without waiting longer', async () => {
    notices.send([append(LEARNER, 3)]);
    await pass(1);
    notices.send([append(LEARNER, 4)]);
    await pass(1);
    expect(sent).toEqual([append(LEARNER, 4)]);
    await pass(2);
    expect(sent).toHaveLength(1);
  });

  it('is sent before other messages to the same learner', async () => {
    notices.send([append(LEARNER, 3)]);
    notices.send([lease]);
    expect(sent).toEqual([append(LEARNER, 3), lease]);
    await pass(2);
    expect(sent).toHaveLength(2);
  });

  it('is not sent by a member that has stopped', async () => {
    notices.send([append(LEARNER, 3)]);
    notices.close();
    await pass(2);
    expect(sent).toEqual([]);
  });
});
