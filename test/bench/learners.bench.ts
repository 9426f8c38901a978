import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { LearnerGroup } from '../learners/learner-group.js';
import { percentile, ROOT } from '#harness';
import { secondsInMs, wholeNumber, type Bench, type BenchReport } from './bench.js';
import { round } from './closed-loop.js';
import { median } from './report.js';

type Row = BenchReport['rows'][number];

const MAIN = join(ROOT, 'dist', 'test', 'learners', 'member.process.js');
const COUNTS = [0, 1, 2] as const;
const FROZEN_MS = 1500;
const FAILOVER_LIMIT_MS = 30_000;

/** Measures what learners cost those that propose: three groups run side by side, and take turns. */
export const learners: Bench = {
  name: 'learners',
  about: 'proposals and fail-over without learners, with one and with two, in turn; a frozen learner',
  options: {
    rounds: { default: '15', about: 'of proposals, each group once in each' },
    seconds: { default: '2', about: 'of proposals one after the other, for one group in one round' },
    freezes: { default: '15', about: 'of a learner of each group' },
    kills: { default: '15', about: 'of the leader of each group' },
    'disk-ms': { default: '0', about: 'that each sync of each member takes longer' },
  },
  run: async (options, progress) => {
    const [rounds, diskMs] = [wholeNumber(options, 'rounds', 1), wholeNumber(options, 'disk-ms')];
    const ms = secondsInMs(options, 'seconds');
    const groups: LearnerGroup[] = [];
    // A client that reaches a dead leader is what is measured here, not news.
    Logger.overrideLogger(false);
    try {
      for (const count of COUNTS) groups.push(await LearnerGroup.start({ main: MAIN, learners: count, diskMs }));
      progress('proposals …');
      const proposals = await inTurn(groups, rounds, (group) => work(group, ms));
      const syncs = await syncsPerProposal(groups.at(-1), ms);
      progress('freezes …');
      const freezes = await inTurn(groups.slice(1), wholeNumber(options, 'freezes'), freeze);
      progress('kills …');
      const kills = await inTurn(groups, wholeNumber(options, 'kills'), killTheLeader);
      return {
        rows: [
          ...proposals.map((of, count) => rowOf('proposal', count, of, proposals[0])),
          ...freezes.map((of, i) => rowOf('longest proposal beside a freeze', i + 1, of, freezes[0])),
          ...kills.map((of, count) => rowOf('kill -9 of the leader to the next proposal', count, of, kills[0])),
        ].filter(({ times }) => times !== 0),
        notes: [syncs, 'x: the median of the ratios of one round; the freezes are compared with those of one learner'],
      };
    } finally {
      for (const group of groups) await group.close();
    }
  },
};

/** For each group the times of each round. The group that begins is another one in each, so that none has the better turn. */
async function inTurn(
  groups: readonly LearnerGroup[],
  rounds: number,
  measure: (group: LearnerGroup) => Promise<readonly number[]>,
): Promise<readonly (readonly number[])[][]> {
  const times = groups.map((): (readonly number[])[] => []);
  for (let turn = 0; turn < rounds; turn += 1)
    for (let i = 0; i < groups.length; i += 1) {
      const position = (turn + i) % groups.length;
      const group = groups[position];
      if (!group) continue;
      await group.waitUntilWhole();
      times[position]?.push(await measure(group));
    }
  return times;
}

async function work(group: LearnerGroup, ms: number): Promise<readonly number[]> {
  const leader = await group.leader();
  const times = await group.ask<readonly number[]>(leader ?? 0, 'work', { ms }, ms + 10_000);
  if (times === undefined) throw new Error(`the leader gave no answer; its log:\n${group.logs()}`);
  return times;
}

async function freeze(group: LearnerGroup): Promise<readonly number[]> {
  const [learner = 0] = group.learners;
  const working = work(group, FROZEN_MS);
  group.freeze(learner);
  const times = await working;
  group.resume(learner);
  return [Math.max(...times)];
}

async function killTheLeader(group: LearnerGroup): Promise<readonly number[]> {
  const leader = (await group.leader()) ?? 0;
  const at = performance.now();
  await group.kill(leader);
  await proposeUntilDone(group);
  const took = performance.now() - at;
  await group.startMember(leader);
  return [took];
}

async function proposeUntilDone(group: LearnerGroup): Promise<void> {
  const options = { timeoutMs: FAILOVER_LIMIT_MS, repeatable: true };
  await group.client.call('add', { counter: 'kill', key: 'kill' }, options);
}

/** Of each member of a group while it works. */
async function syncsPerProposal(group: LearnerGroup | undefined, ms: number): Promise<string> {
  if (!group) return '';
  const count = (): Promise<number[]> =>
    Promise.all(group.ids.map(async (id) => (await group.status(id))?.syncs ?? Number.NaN));
  const leader = await group.leader();
  const before = await count();
  const { length } = await work(group, ms);
  // A follower may be about to write the last of them.
  await pause(100);
  const after = await count();
  const per = group.ids.map((id, i) => {
    const role = id === leader ? 'leader' : group.learners.includes(id) ? 'learner' : 'follower';
    return `${role} ${round(((after[i] ?? 0) - (before[i] ?? 0)) / length)}`;
  });
  return `writes with a sync, for each proposal: ${per.join(', ')}`;
}

function rowOf(
  what: string,
  count: number,
  rounds: readonly (readonly number[])[],
  base: readonly (readonly number[])[] = rounds,
): Row {
  const times = rounds.flat();
  const ratio = (share: number): number =>
    round(median(rounds.map((of, i) => percentile(of, share) / percentile(base[i] ?? [], share))));
  return {
    what,
    learners: count,
    times: times.length,
    'p50 ms': round(percentile(times, 0.5)),
    'p95 ms': round(percentile(times, 0.95)),
    'p99 ms': round(percentile(times, 0.99)),
    'max ms': round(Math.max(...times)),
    'p50 x': ratio(0.5),
    'p99 x': ratio(0.99),
  };
}
