import { describe, expect, it } from 'vitest';
import { Network } from '../testing/simulation/network.js';
import { Node } from '../testing/simulation/node.js';
import { Random } from '../testing/simulation/random.js';
import { Scheduler } from '../testing/simulation/scheduler.js';
import { drawSettings, type Settings } from '../testing/simulation/settings.js';

const TICK_MS = 10;
const ELECTION_MS = 500;
const SEEDS = 300;
const CORE = {
  heartbeatTicks: 5,
  electionTicks: ELECTION_MS / TICK_MS,
  preferHighestId: true,
  preferenceDelayTicks: 10,
};

/** Returns how long there is no leader after the leader was killed. The others get a hint within ten milliseconds. */
function gapAfterKill(seed: number, size: number): number {
  const members = Array.from({ length: size }, (_, index) => index + 1);
  const drawn = drawSettings(1);
  const settings: Settings = {
    ...drawn,
    voters: members,
    learners: { ids: [], readLeaseMs: 500, clockDriftMarginMs: 25 },
    core: { ...drawn.core, ...CORE },
    tickMs: TICK_MS,
    network: { loss: 0, duplication: 0, minDelayMs: 0.1, maxDelayMs: 2, reorders: false, stragglers: 0 },
    disk: { minWriteMs: 0.5, maxWriteMs: 20, slowWriteMs: 20 },
  };
  const random = new Random(seed);
  const scheduler = new Scheduler();
  const network = new Network(settings.network, random, scheduler, (message) => {
    const [from, to] = [nodes[message.from - 1], nodes[message.to - 1]];
    to?.receive(message);
    // Its port refuses the connection.
    if (to?.isUp === false && from !== undefined) hint(from);
  });
  const hint = (node: Node): void => {
    node.input((replica) => {
      replica.suspectLeader(size);
    });
  };
  const context = { settings, scheduler, random, checkers: [], send: network.send.bind(network), trace: null };
  const nodes = members.map((id) => new Node(id, context));
  for (const node of nodes) node.start();
  scheduler.runUntil(5000 + random.between(0, 100));
  const leader = nodes[size - 1]!;
  expect(leader.replica?.status().role).toBe('leader');
  leader.crash();
  for (const node of nodes)
    scheduler.after(random.between(0, 10), () => {
      hint(node);
    });
  const killedAt = scheduler.now;
  while (!nodes.some(({ replica }) => replica?.status().role === 'leader')) scheduler.runUntil(scheduler.now + 1);
  return scheduler.now - killedAt;
}

describe('after a leader was killed', () => {
  it.each([3, 5])('another of %i members leads long before an election timeout', { timeout: 60_000 }, (size) => {
    const gaps = Array.from({ length: SEEDS }, (_, seed) => gapAfterKill(seed, size));
    expect(Math.max(...gaps)).toBeLessThan(ELECTION_MS / 3);
  });
});
