import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Strace, whyNoStrace } from '../cluster/support/strace.js';
import { ROOT } from '#harness';
import { waitFor } from '../system/support/wait-for.js';
import { inflictFaults } from './fault-schedule.js';
import type { Recorded } from './counters.js';
import { LearnerGroup } from './learner-group.js';
import { Load } from './load.js';

const SEED = Number(process.env['LEARNERS_SEED'] ?? 11);
const main = join(ROOT, 'dist', 'test', 'learners', 'member.process.js');
const READ_LEASE_MS = 500;
const FROZEN_MS = 2000;
const SYNCS_COUNTED_MS = 3000;
const noStrace = whyNoStrace();
if (noStrace !== undefined) process.stderr.write(`syncs of learners: not counted, because ${noStrace}\n`);

/** Returns the record of all members, once they agree. */
async function recordOf(group: LearnerGroup): Promise<readonly Recorded[]> {
  await group.waitUntilWhole();
  let records: readonly (readonly Recorded[] | undefined)[] = [];
  await waitFor('all members have the same on record', async () => {
    records = await Promise.all(group.ids.map((id) => group.ask<readonly Recorded[]>(id, 'record')));
    return new Set(records.map((record) => JSON.stringify(record))).size === 1 && records[0] !== undefined;
  });
  return records[0] ?? [];
}

describe('three voters and two learners, as real processes', () => {
  let group: LearnerGroup;

  beforeAll(async () => {
    group = await LearnerGroup.start({ main, learners: 2, isWired: true });
  });

  afterAll(() => group.close());

  it.skipIf(noStrace !== undefined)(
    'sync the disk for each proposal as voters, and hardly ever as learners',
    async () => {
      const leader = (await group.leader()) ?? 0;
      const watch = (id: number): Promise<Strace> =>
        Strace.attach(group.pid(id), join(group.directory, `strace-${id}`), '-e', 'trace=fsync,fdatasync');
      const followers = await Promise.all(group.voters.filter((id) => id !== leader).map(watch));
      const learners = await Promise.all(group.learners.map(watch));
      const { length: proposals } =
        (await group.ask<readonly number[]>(leader, 'work', { ms: SYNCS_COUNTED_MS }, 3 * SYNCS_COUNTED_MS)) ?? [];
      await Promise.all([...followers, ...learners].map((strace) => strace.detach()));
      const [atFollowers = [], atLearners = []] = [followers, learners].map((watched) =>
        watched.map((strace) => strace.syncsDone().length),
      );
      process.stderr.write(
        `${proposals} proposals: ${atFollowers.join(' and ')} syncs at followers, ${atLearners.join(' and ')} at learners\n`,
      );
      expect(proposals).toBeGreaterThan(20);
      // Each was durable at one of them at least; the other one may have taken several at once.
      expect(atFollowers.reduce((sum, syncs) => sum + syncs)).toBeGreaterThanOrEqual(proposals);
      // A checkpoint of the write-ahead log takes two, once in thousands of pages.
      expect(Math.max(...atLearners)).toBeLessThan(proposals / 10);
    },
  );

  it('delay proposals while a learner freezes, and go on without it', async () => {
    const [learner = 0] = group.learners;
    const leader = await group.leader();
    const work = group.ask<readonly number[]>(leader ?? 0, 'work', { ms: FROZEN_MS }, 3 * FROZEN_MS);
    group.freeze(learner);
    const times = (await work) ?? [];
    group.resume(learner);
    process.stderr.write(`proposals beside a learner that freezes: ${times.map((ms) => ms.toFixed(0)).join(' ')}\n`);
    // How long the delay is at most, and that it is the only one, is measured by the bench of learners.
    expect(Math.max(...times)).toBeGreaterThan(READ_LEASE_MS / 4);
    expect(times.length).toBeGreaterThan(10);
    await group.waitUntilWhole();
  });

  it(`tell nothing that is not so, under faults (seed ${SEED})`, async () => {
    const load = new Load(group);
    const faults = inflictFaults(group, load, { seed: SEED, rounds: 2, limitMs: 15_000 });
    const story = await faults.finally(() => load.stop());
    const record = await recordOf(group);
    const reads = [null, ...group.learners].map((at) => load.readsAt(at));
    process.stderr.write(`${record.length} additions, reads at the leader and each learner: ${reads.join(', ')}\n`);
    expect(load.faults(record.filter(({ counter }) => counter !== 'work')), story.join('\n')).toEqual([]);
    expect(Math.min(...reads)).toBeGreaterThan(100);
  });
});

it('learners that answer from their tables as they are get caught', async () => {
  const group = await LearnerGroup.start({ main, learners: 2, isWired: true, readsAtOnce: true });
  try {
    const load = new Load(group);
    const startedAt = performance.now();
    await waitFor('additions', () => load.addedSince(startedAt).length > 20);
    group.partition(group.learners.slice(0, 1));
    const cutAt = performance.now();
    await waitFor('additions go on', () => load.addedSince(cutAt + READ_LEASE_MS).length > 20);
    group.heal();
    await load.stop();
    expect(load.faults(await recordOf(group))).not.toEqual([]);
  } finally {
    await group.close();
  }
});
