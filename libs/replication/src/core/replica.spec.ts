import { describe, expect, it } from 'vitest';
import type { CoreOptions } from './core-options.js';
import type { LogReader } from './log-reader.js';
import type { Entry, Message } from './messages.js';
import { Replica } from './replica.js';

const OPTIONS = {
  heartbeatTicks: 2,
  electionTicks: 10,
  preferHighestId: false,
  preferenceDelayTicks: 50,
  maxEntriesPerAppend: 10,
  maxBytesPerAppend: 1000,
  maxAppendsInFlight: 4,
  maxUncommittedEntries: 100,
};

/** A minimal shell: writes at once, delivers at once. */
class Shell {
  readonly stored: Entry[] = [];
  readonly applied: Entry[] = [];
  readonly answered: number[] = [];
  readonly replica: Replica;

  constructor(options: CoreOptions) {
    const { stored } = this;
    const reader: LogReader = {
      firstIndex: 1,
      get lastIndex() {
        return stored.length;
      },
      termAt: (index) => (index === 0 ? 0 : stored[index - 1]?.term),
      entries: (from, to) => stored.slice(from - 1, to),
    };
    this.replica = new Replica(options, reader, { term: 0, vote: null }, 0, () => options.id / 10);
  }

  run(): Message[] {
    const sent: Message[] = [];
    while (this.replica.hasReady()) {
      const ready = this.replica.takeReady();
      const first = ready.entries[0];
      if (first !== undefined) this.stored.splice(first.index - 1, Infinity, ...ready.entries);
      sent.push(...ready.sendNow, ...ready.sendAfterPersist);
      this.applied.push(...ready.apply);
      this.answered.push(...ready.reads.map(({ id }) => id));
      this.replica.persisted(this.stored.length, this.stored.at(-1)?.term ?? 0);
    }
    return sent;
  }
}

function group(size: number): { shells: Shell[]; settle: () => void } {
  const members = Array.from({ length: size }, (_, index) => index + 1);
  const shells = members.map(
    (id) =>
      new Shell({
        id,
        voters: members,
        ...OPTIONS,
      }),
  );
  const settle = (): void => {
    for (
      let messages = shells.flatMap((shell) => shell.run());
      messages.length > 0;
      messages = shells.flatMap((shell) => shell.run())
    )
      for (const message of messages) shells[message.to - 1]?.replica.step(message, 0);
  };
  return { shells, settle };
}

describe.each([1, 3, 5])('a group of %i', (size) => {
  it('elects one leader, commits on all members, and answers reads', () => {
    const { shells, settle } = group(size);
    for (let tick = 0; tick < 30; tick += 1) {
      for (const { replica } of shells) replica.tick(0);
      settle();
    }
    const leaders = shells.filter(({ replica }) => replica.status().role === 'leader');
    expect(leaders).toHaveLength(1);
    const leader = leaders[0] as Shell;
    expect(leader.replica.propose(['a', 'b'])).toMatchObject({ ok: true, firstIndex: 2 });
    expect(leader.replica.read(7)).toBe(true);
    settle();
    for (let tick = 0; tick < 2; tick += 1) {
      for (const { replica } of shells) replica.tick(0);
      settle();
    }
    expect(shells.map(({ applied }) => applied.map(({ data }) => data))).toEqual(shells.map(() => [null, 'a', 'b']));
    expect(leader.answered).toEqual([7]);
  });
});

describe('Replica', () => {
  const alone = { ...OPTIONS, id: 1, voters: [1] };

  it('holds back everything that needs the disk during a write', () => {
    const { replica } = new Shell(alone);
    replica.tick(0);
    expect(replica.takeReady().hardState).toEqual({ term: 1, vote: 1 });
    replica.persisted(0, 0);
    expect(replica.takeReady().entries).toHaveLength(1);
    replica.propose(['a']);
    expect(replica.hasReady()).toBe(false);
    expect(replica.takeReady()).toMatchObject({ entries: [], hardState: null, sendAfterPersist: [] });
  });

  it('accepts all commands of a proposal, or none', () => {
    const shell = new Shell({ ...alone, maxUncommittedEntries: 2 });
    shell.replica.tick(0);
    shell.run();
    expect(shell.replica.propose(['a', 'b', 'c'])).toEqual({ ok: false, reason: 'overloaded', leader: 1 });
    expect(shell.replica.propose(['a', 'b'])).toEqual({ ok: true, firstIndex: 2, term: 1 });
    expect(shell.replica.status().lastIndex).toBe(3);
  });

  it('drops messages from strangers, and messages for other members', () => {
    const { replica } = new Shell({ ...OPTIONS, id: 1, voters: [1, 2, 3] });
    const request = { type: 'voteRequest', term: 5, lastIndex: 0, lastTerm: 0, leadershipTransfer: false } as const;
    replica.step({ ...request, from: 9, to: 1 }, 0);
    replica.step({ ...request, from: 2, to: 3 }, 0);
    expect(replica.status().term).toBe(0);
  });

  it('ignores answers to rounds that did not begin, and answers about entries that it does not have', () => {
    const { shells, settle } = group(3);
    for (let tick = 0; tick < 30; tick += 1) {
      for (const { replica } of shells) replica.tick(0);
      settle();
    }
    const leader = shells.find(({ replica }) => replica.status().role === 'leader')?.replica as Replica;
    const { term, leader: to, voters, lastIndex } = leader.status();
    const before = leader.status();
    for (const wrong of [{ round: 10 ** 6 }, { index: lastIndex + 1 }]) {
      const answer = { type: 'appendResponse', from: voters[0]!.id, to: to!, term, accepted: true, index: 1 } as const;
      leader.step({ ...answer, hintIndex: 0, hintTerm: 0, round: 1, nonce: null, ...wrong }, 0);
      const page = {
        type: 'snapshotResponse',
        from: voters[0]!.id,
        to: to!,
        term,
        lastIndex: 1,
        snapshotNumber: 1,
      } as const;
      leader.step({ ...page, nextPage: null, round: 1, nonce: 5, ...wrong, lastIndex: wrong.index ?? 1 }, 0);
    }
    expect(leader.status()).toEqual(before);
  });

  it('neither votes nor campaigns without amnesia, even alone', () => {
    const shell = new Shell({ ...alone, mayVote: false });
    for (let tick = 0; tick < 50; tick += 1) shell.replica.tick(0);
    expect(shell.replica.status()).toMatchObject({ role: 'follower', term: 0, mayVote: false });
  });

  it('refuses a log that is ahead of its term, and a state that is ahead of its log', () => {
    const reader: LogReader = { firstIndex: 1, lastIndex: 1, termAt: (index) => index, entries: () => [] };
    const random = (): number => 0;
    expect(() => new Replica(alone, reader, { term: 0, vote: null }, 0, random)).toThrow('not ahead of the term');
    expect(() => new Replica(alone, reader, { term: 1, vote: null }, 2, random)).toThrow(
      'what was applied is in the log',
    );
    expect(() => new Replica({ ...alone, id: 4 }, reader, { term: 1, vote: null }, 0, random)).toThrow(
      'one of its group',
    );
  });
});
