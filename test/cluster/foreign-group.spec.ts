import { createHash, randomUUID } from 'node:crypto';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReplicaStatus } from '../../libs/replication/src/replica-status.js';
import { place } from '../system/support/traffic.js';
import { waitFor } from '../system/support/wait-for.js';
import { OrderCluster } from './support/order-cluster.js';

/** The exchange that must not be harmed. */
let ours: OrderCluster;
/** Another exchange with the same names and ids. */
let theirs: OrderCluster;
let trades = 0;

async function trade(): Promise<void> {
  const reply = await place(ours.url, { key: randomUUID(), name: 'Ford', type: 'sell', quantity: 1 });
  trades += 1;
  expect(reply.text).toBe(JSON.stringify({ data: { transaction_number: trades } }));
}

async function groupId(cluster: OrderCluster): Promise<string> {
  let ids: readonly (string | null | undefined)[] = [];
  await waitFor('one group', async () => {
    ids = (await cluster.statuses(cluster.groupMembers)).map((status) => status?.groupId);
    return ids.every((id) => typeof id === 'string');
  });
  expect(new Set(ids).size).toBe(1);
  return String(ids[0]);
}

/** Waits for the preferred leader. Once it leads, no term changes without a fault. */
async function preferredLeader(): Promise<number> {
  await waitFor('the highest id leads', async () => (await ours.leader()) === 3);
  return 3;
}

/** Returns the contents of databases and identities in a directory. SQLite's other files may change when a database is opened. */
function contentOf(directory: string, name: string): string {
  const hash = createHash('sha256');
  for (const file of [databaseOf(name), 'identity.json', 'durable.mark'])
    hash.update(readFileSync(join(directory, file)));
  return hash.digest('hex');
}

function databaseOf(name: string): string {
  return basename(ours.databaseFile(name));
}

beforeAll(async () => {
  [ours, theirs] = await Promise.all([
    OrderCluster.start({ catalogs: 2 }),
    OrderCluster.start({ catalogs: 2, frontends: 0 }),
  ]);
  await trade();
});

afterAll(async () => {
  await Promise.all([ours.close(), theirs.close()]);
});

describe('a member on the data directory of another group', () => {
  let ids: { readonly ours: string; readonly theirs: string };

  beforeAll(async () => {
    ids = { ours: await groupId(ours), theirs: await groupId(theirs) };
    await Promise.all(theirs.groupMembers.map((name) => theirs.terminate(name)));
  });

  /** Starts a member of ours on their directory, and expects it to refuse. */
  async function expectRefusal(name: string): Promise<void> {
    const directory = join(ours.directory, `foreign-${name}`);
    cpSync(theirs.dataDir(name), directory, { recursive: true });
    const before = contentOf(directory, name);
    await ours.startProcess(name, { DATA_DIR: directory });
    expect(await ours.ended(name)).toEqual({ code: 2, signal: null });
    const log = ours.log(name);
    for (const part of [ids.ours, ids.theirs, directory, 'Nothing was changed']) expect(log).toContain(part);
    expect(log).not.toContain('    at ');
    expect(contentOf(directory, name)).toBe(before);
    rmSync(directory, { recursive: true });
  }

  it.each(['order-1', 'catalog-2'])('stops under a live leader: %s', async (name) => {
    await ours.kill(name);
    await expectRefusal(name);
    await ours.startProcess(name);
    await ours.waitUntilReady();
    await trade();
  });

  it.each(['order-3', 'catalog-2'])('stops after a restart of all: %s', async (foreigner) => {
    await Promise.all(ours.groupMembers.map((name) => ours.kill(name)));
    const others = ours.groupMembers.filter((name) => name !== foreigner);
    await Promise.all(others.map((name) => ours.startProcess(name)));
    await expectRefusal(foreigner);
    await ours.startProcess(foreigner);
    await ours.waitUntilReady();
    await trade();
    expect(await groupId(ours)).toBe(ids.ours);
  });

  it('stops if only its database belongs to another group', async () => {
    await ours.terminate('order-2');
    const directory = join(ours.directory, 'mixed');
    cpSync(ours.dataDir('order-2'), directory, { recursive: true });
    cpSync(theirs.databaseFile('order-2'), join(directory, databaseOf('order-2')));
    const before = contentOf(directory, 'order-2');
    await ours.startProcess('order-2', { DATA_DIR: directory });
    expect(await ours.ended('order-2')).toEqual({ code: 2, signal: null });
    expect(ours.log('order-2')).toContain(`belongs to group ${ids.ours} (identity.json)`);
    expect(contentOf(directory, 'order-2')).toBe(before);
    await ours.startProcess('order-2');
    await ours.waitUntilReady();
  });
});

describe('a second group whose list names one of our members', () => {
  const pidOf = (name: string): number => ours.pid(name);

  /** Their list: two of their replicas and our third. */
  function mistakenList(): string {
    const ports = [theirs.port('order-1'), theirs.port('order-2'), ours.port('order-3')];
    return ports.map((port, i) => `${i + 1}=127.0.0.1:${port}`).join(',');
  }

  async function start(...names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => theirs.startProcess(name, { ORDER_REPLICAS: mistakenList() })));
  }

  async function theirTerm(): Promise<number> {
    let leader: ReplicaStatus | undefined;
    await waitFor('their leader', async () => {
      const statuses = await Promise.all([theirs.status(1), theirs.status(2)]);
      leader = statuses.find((status) => status?.role === 'leader' && status.ready);
      return leader !== undefined;
    });
    return leader?.term ?? 0;
  }

  it.each(['old', 'empty'])(
    'does not change ours, with lower, equal and higher terms: %s directories',
    async (data) => {
      await Promise.all(theirs.members('order').map((name) => theirs.kill(name)));
      if (data === 'empty') for (const id of [1, 2]) rmSync(theirs.dataDir(`order-${id}`), { recursive: true });
      const leader = await preferredLeader();
      const term = (await ours.status(leader))?.term ?? 0;
      const pids = ours.members('order').map(pidOf);
      await start('order-1', 'order-2');
      for (let reached = await theirTerm(); ; reached = await theirTerm()) {
        await trade();
        if (reached > term) break;
        for (const id of [1, 2]) {
          if ((await theirs.status(id))?.role !== 'leader') continue;
          await theirs.kill(`order-${id}`);
          await start(`order-${id}`);
        }
      }
      const statuses = await ours.statuses();
      expect(statuses.map((status) => status?.term)).toEqual([term, term, term]);
      expect(statuses.map((status) => status?.leader?.id)).toEqual([leader, leader, leader]);
      expect(ours.members('order').map(pidOf)).toEqual(pids);
      expect(await theirs.status(1).then((status) => status?.groupId)).not.toBe(statuses[0]?.groupId);
      await waitFor('ours reports the strangers', () => ours.log('order-3').includes('in the name of order-'));
      await trade();
    },
  );
});

describe('a forged message', () => {
  const STAMPS = (groupId: string | null | undefined) => [
    { groupId, incarnation: 'forged', knows: [] },
    { groupId: null, incarnation: 'forged', knows: ['guessed'] },
  ];

  it('changes and stops no member, even with the id of the group', async () => {
    const leader = await preferredLeader();
    const before = await ours.statuses();
    const { groupId, term = 0, lastIndex = 0 } = before[0] ?? {};
    for (const to of OrderCluster.ids) {
      const frames = OrderCluster.ids
        .filter((from) => from !== to)
        .flatMap((from) => [term, term + 7].flatMap((of) => forgeries(from, to, of, lastIndex)))
        .flatMap((message) =>
          STAMPS(groupId).map((stamp) => ({ group: 'exchange', from: message.from, to, stamp, messages: [message] })),
        );
      await send(ours.port(`order-${to}`), frames);
    }
    await trade();
    const after = await ours.statuses();
    expect(after.map((status) => status?.term)).toEqual(before.map((status) => status?.term));
    expect(await ours.waitForLeader()).toBe(leader);
    expect(after.every((status) => (status?.lastIndex ?? 0) > lastIndex)).toBe(true);
  });
});

/** Returns one message of each type that could change a term, a vote, a log or a leader. */
function forgeries(from: number, to: number, term: number, lastIndex: number) {
  const envelope = { from, to, term };
  const recovered = { amnesia: true, recovered: null };
  const position = { prevIndex: lastIndex, prevTerm: term, commitIndex: lastIndex + 1, round: 1 };
  const entries = [{ index: lastIndex + 1, term, data: '{}' }];
  const page = { lastIndex: lastIndex + 9, lastTerm: term, transfer: 9, page: 0, data: '[]', done: true, round: 1 };
  const answer = { accepted: true, index: lastIndex, hintIndex: 0, hintTerm: 0, round: 1, nonce: null };
  return [
    { type: 'append', ...envelope, ...position, entries, ...recovered },
    { type: 'snapshotPage', ...envelope, ...page },
    { type: 'voteRequest', ...envelope, lastIndex: lastIndex + 9, lastTerm: term, transfer: true },
    { type: 'voteResponse', ...envelope, granted: true },
    { type: 'appendResponse', ...envelope, ...answer },
    { type: 'timeoutNow', ...envelope },
  ];
}

/** Sends frames in Nest's TCP framing. Resolves when they have left and the receiver had time to read them. */
function send(port: number, frames: readonly object[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', reject);
    socket.once('data', () => {
      socket.destroy();
      resolve();
    });
    const packets = [
      ...frames.map((data) => ({ pattern: 'replication.messages', data })),
      { pattern: 'replication.status', data: {}, id: '1' },
    ];
    socket.write(
      packets
        .map((packet) => JSON.stringify(packet))
        .map((text) => `${text.length}#${text}`)
        .join(''),
    );
  });
}
