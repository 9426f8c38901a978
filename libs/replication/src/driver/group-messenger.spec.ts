import { beforeEach, describe, expect, it } from 'vitest';
import { Network, Process } from '../../test/messenger-process.js';

let network: Network;
beforeEach(() => (network = new Network()));

const start = (id: number, ports: readonly number[], groupId: string | null): Process =>
  new Process(network, id, ports, groupId);

const OURS = [11, 12, 13];

describe('members of one group', () => {
  it('know each other once both have started, and lose no message afterwards', () => {
    const [one, two] = [start(1, OURS, 'g'), start(2, OURS, 'g')];
    one.send(2);
    two.send(1);
    expect([one.received.length, two.received.length]).toEqual([1, 1]);
    expect([one.warnings, two.warnings]).toEqual([[], []]);
  });

  it('know each other before their group has an id', () => {
    const [one, two] = [start(1, OURS, null), start(2, OURS, null)];
    one.send(2);
    expect(two.received).toHaveLength(1);
    // The group is created; the other member learns of it a little later.
    one.groupId = 'g';
    one.send(2);
    two.groupIdInLog = 'g';
    two.send(1);
    expect([two.received.length, one.received.length, two.groupsFound]).toEqual([2, 1, 1]);
  });

  it('know a new process of a member after one exchange, and accept no messages for the old one', () => {
    const one = start(1, OURS, 'g');
    const two = start(2, OURS, 'g');
    one.send(2);
    const late = network.sent.at(-1)!;
    const anew = start(2, OURS, 'g');
    network.deliver(12, late);
    expect(anew.received).toEqual([]);
    one.send(2);
    anew.send(1);
    expect([anew.received.length, one.received.length, two.received.length]).toEqual([1, 1, 1]);
  });

  it('send at most one greeting per ten milliseconds, whatever arrives', () => {
    const one = start(1, OURS, 'g');
    const stamp = { groupId: 'g', incarnation: 'forged', knows: [] };
    network.sent.length = 0;
    for (network.now = 100; network.now < 200; network.now += 1)
      network.deliver(11, { from: 2, to: 1, stamp, messages: [] });
    expect(network.sent.filter(({ from }) => from === 1)).toHaveLength(10);
    expect(one.received).toEqual([]);
  });
});

describe('a stranger', () => {
  it.each(['g', 'another', null])('that uses the name of a member changes nothing, in group %s', (groupId) => {
    const two = start(2, OURS, 'g');
    const three = start(3, OURS, 'g');
    const stranger = start(1, [21, 22, 13], groupId);
    for (let i = 0; i < 50; i += 1) stranger.send(3, 'append');
    expect([three.received, three.fatal, three.groupsFound]).toEqual([[], [], 0]);
    expect(three.warnings).toHaveLength(1);
    expect(three.warnings[0]).toContain('in the name of order-1 at test:11');
    two.send(3);
    expect(three.received).toHaveLength(1);
  });

  it('at the address of a peer cannot introduce a second leader in a term', () => {
    const three = start(3, OURS, 'g');
    const one = start(1, OURS, 'g');
    const forger = start(2, OURS, 'g');
    three.send(1, 'append');
    forger.send(3, 'append');
    forger.send(1, 'append');
    expect([three.received, one.received.map(({ from }) => from)]).toEqual([[], [3]]);
    expect(three.warnings.join()).toContain('claims to lead term 1, which order-3 leads');
  });

  it('cannot introduce a second leader in a term while groups are created', () => {
    const lists = [OURS, [11, 22, 13]];
    const [one, three] = [start(1, lists[0]!, null), start(3, lists[1]!, null)];
    const other = start(2, lists[1]!, null);
    one.send(3, 'append');
    other.send(3, 'append');
    other.send(3);
    expect(three.received.map(({ type, from }) => [type, from])).toEqual([
      ['append', 1],
      ['timeoutNow', 2],
    ]);
    // Nor while the receiver itself leads.
    three.send(1, 'append');
    expect(one.received).toEqual([]);
  });

  it('is not joined, and does not prevent the creation of a new group', () => {
    const [one, three] = [start(1, OURS, null), start(3, OURS, null)];
    const stranger = start(2, [21, 22, 13], 'another');
    for (let i = 0; i < 5; i += 1) stranger.send(3, 'append');
    one.send(3);
    expect([three.messenger.groupId, three.groupsFound, three.received.length]).toEqual([null, 0, 1]);
  });

  it('that floods a member in the name of another one does not separate the two', () => {
    const [one, two] = [start(1, OURS, 'g'), start(2, OURS, 'g')];
    for (let i = 0; i < 100; i += 1) {
      const stamp = { groupId: 'g', incarnation: `forged ${i}`, knows: [`guess ${i}`] };
      network.deliver(11, { from: 2, to: 1, stamp, messages: [] });
    }
    one.send(2);
    two.send(1);
    expect([one.received.length, two.received.length]).toEqual([1, 1]);
  });
});

describe('a member on the data of another group', () => {
  it('does not stop because of a single peer, even a leader, which may be misplaced', () => {
    const three = start(3, OURS, 'ours');
    const stray = start(2, OURS, 'another');
    stray.send(3, 'append');
    expect([three.fatal, three.received, three.warnings.length]).toEqual([[], [], 1]);
    start(1, OURS, 'ours').send(3);
    expect([three.fatal.length, three.received.length]).toEqual([0, 1]);
  });

  it('stops when a majority of the voters is in one other group', () => {
    const three = start(3, OURS, 'another');
    const one = start(1, OURS, 'g');
    one.send(3);
    expect([three.fatal.length, three.warnings.length]).toEqual([0, 1]);
    const two = start(2, OURS, 'g');
    two.send(3);
    expect([three.fatal.length, one.fatal.length, two.fatal.length]).toEqual([1, 0, 0]);
    expect(three.fatal[0]).toContain('directory data of order-3 belongs to group another');
    expect(three.fatal[0]).toContain('a majority of the members in its list to group g');
    expect(three.received).toEqual([]);
  });

  it('does not stop if it has met its own group', () => {
    const lists = [OURS, [11, 22, 13]];
    const [one, three] = [start(1, lists[0]!, 'g'), start(3, lists[1]!, 'another')];
    const [two, other] = [start(2, lists[0]!, 'g'), start(2, lists[1]!, 'another')];
    two.send(1);
    other.send(3);
    one.send(3, 'append');
    three.send(1, 'append');
    expect([one.fatal, three.fatal]).toEqual([[], []]);
    expect([one.received.length, three.received.length]).toEqual([1, 1]);
    expect(one.warnings.concat(three.warnings).join()).toContain('wrong list of members');
  });
});

describe('a member without data', () => {
  it('joins the group with more peers, as long as it has no entries of another one', () => {
    const one = start(1, OURS, null);
    const misled = start(3, OURS, 'another');
    misled.send(1);
    expect([one.messenger.groupId, one.groupsFound]).toEqual(['another', 1]);
    start(2, OURS, 'g').send(1);
    expect([one.messenger.groupId, one.received.length, one.warnings.length]).toEqual(['another', 1, 1]);
    // Member 3 restarts on its own directory.
    start(3, OURS, 'g').send(1);
    expect([one.messenger.groupId, one.received.length]).toEqual(['g', 2]);
  });

  it('names the group whose first entry is in its log, and can ask for nothing before that', () => {
    const one = start(1, OURS, 'g');
    const two = start(2, OURS, null);
    two.send(1, 'append');
    two.send(1);
    expect(one.received).toEqual([]);
    two.groupIdInLog = 'g';
    two.send(1);
    expect(one.received).toHaveLength(1);
  });

  it('joins the first group that it receives from, and stays with it once it has entries', () => {
    const three = start(3, OURS, null);
    const one = start(1, OURS, 'g');
    one.send(3);
    three.hasEntries = true;
    expect([three.messenger.groupId, three.groupsFound, three.received.length]).toEqual(['g', 1, 1]);
    start(2, OURS, 'another').send(3);
    expect([three.messenger.groupId, three.groupsFound, three.received.length]).toEqual(['g', 1, 1]);
    // Until it has data it names no group.
    expect(network.sent.filter(({ from }) => from === 3).map(({ stamp }) => stamp.groupId)).not.toContain('g');
  });
});
