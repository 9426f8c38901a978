import { setTimeout as pause } from 'node:timers/promises';
import { Random } from '../../libs/replication/testing/simulation/random.js';
import { waitFor } from '../system/support/wait-for.js';
import type { LearnerGroup } from './learner-group.js';
import type { Load } from './load.js';

interface Cast {
  readonly leader: number;
  readonly follower: number;
  readonly learner: number;
}

/** Each inflicts a fault, and resolves to what ends it. */
const FAULTS: Readonly<Record<string, (group: LearnerGroup, cast: Cast) => Promise<() => Promise<void>>>> = {
  'kill -9 of the leader': (group, { leader }) => kill(group, leader),
  'kill -9 of a follower': (group, { follower }) => kill(group, follower),
  'kill -9 of a learner': (group, { learner }) => kill(group, learner),
  'kill -9 of leader and learner': (group, { leader, learner }) => kill(group, leader, learner),
  'SIGSTOP of a learner': (group, { learner }) => freeze(group, learner),
  'SIGSTOP of the leader': (group, { leader }) => freeze(group, leader),
  'a learner cut off': (group, { learner }) => cutOff(group, learner),
  'a learner cut off with the leader': (group, { leader, learner }) => cutOff(group, leader, learner),
};
/** From half a read lease to well beyond lease, election and check of the quorum. */
const DURATION_MS = [300, 1800] as const;
const ADDITIONS_BETWEEN_FAULTS = 20;
const HEALING_LIMIT_MS = 60_000;

/** Every fault once in each round, in an order of the seed; after each the group must go on. Ends after the round in which time is up. */
export async function inflictFaults(
  group: LearnerGroup,
  load: Load,
  { seed, rounds, limitMs }: { readonly seed: number; readonly rounds: number; readonly limitMs: number },
): Promise<readonly string[]> {
  const random = new Random(seed);
  const story: string[] = [];
  const deadline = performance.now() + limitMs;
  for (let round = 0; round < rounds && (round === 0 || performance.now() < deadline); round += 1)
    for (const name of random.shuffle(Object.keys(FAULTS))) {
      const leader = (await group.leader()) ?? 3;
      const cast = {
        leader,
        follower: random.pick(group.voters.filter((id) => id !== leader)),
        learner: random.pick(group.learners),
      };
      const ms = random.int(...DURATION_MS);
      story.push(`${name} ${JSON.stringify(cast)} for ${ms} ms`);
      const end = await FAULTS[name]?.(group, cast);
      await pause(ms);
      await end?.();
      await waitUntilItGoesOn(group, load);
    }
  return story;
}

async function waitUntilItGoesOn(group: LearnerGroup, load: Load): Promise<void> {
  const since = performance.now();
  const readsBefore = group.learners.map((id) => load.readsAt(id));
  const goesOn = (): boolean =>
    load.addedSince(since).length > ADDITIONS_BETWEEN_FAULTS &&
    group.learners.every((id, i) => load.readsAt(id) > (readsBefore[i] ?? 0));
  await waitFor('additions and reads at each learner go on', goesOn, HEALING_LIMIT_MS);
}

async function kill(group: LearnerGroup, ...ids: readonly number[]): Promise<() => Promise<void>> {
  await Promise.all(ids.map((id) => group.kill(id)));
  return async () => {
    await Promise.all(ids.map((id) => group.startMember(id)));
  };
}

function freeze(group: LearnerGroup, id: number): Promise<() => Promise<void>> {
  group.freeze(id);
  return Promise.resolve(() => {
    group.resume(id);
    return Promise.resolve();
  });
}

function cutOff(group: LearnerGroup, ...island: readonly number[]): Promise<() => Promise<void>> {
  group.partition(island);
  return Promise.resolve(() => {
    group.heal();
    return Promise.resolve();
  });
}
