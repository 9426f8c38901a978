import type { Checker } from './checkers/checker.js';
import { CommitMonotonic } from './checkers/commit-monotonic.js';
import { Durability } from './checkers/durability.js';
import { ElectionSafety } from './checkers/election-safety.js';
import { LeaderCompleteness } from './checkers/leader-completeness.js';
import { Linearizability } from './checkers/linearizability.js';
import { LogMatching } from './checkers/log-matching.js';
import { ProgressAfterHealing } from './checkers/progress.js';
import { StateMachineSafety } from './checkers/state-machine-safety.js';
import { VoteOnce } from './checkers/vote-once.js';
import { Client } from './client.js';
import { Faults } from './faults.js';
import { Network } from './network.js';
import type { NodeContext } from './node-context.js';
import { Node } from './node.js';
import { Random } from './random.js';
import { Scheduler } from './scheduler.js';
import { drawSettings, type Settings } from './settings.js';

const FAULTS_END_MS = 45_000;
/** Time limit: all requests must be answered within ten seconds of healing. */
const LIMIT_MS = 55_000;
const SETTLED_MS = 57_000;
const END_MS = 60_000;

/** Counters of a run, which show that it did something. */
export interface Summary {
  readonly seed: number;
  readonly members: number;
  readonly done: number;
  /** Number of completed reads at learners. */
  readonly readsAtLearners: number;
  readonly refused: number;
  readonly unknown: number;
  readonly applied: number;
  readonly terms: number;
}

/** Simulates 60 seconds. Throws if a property or an invariant does not hold. */
export function simulate(seed: number, trace: ((line: string) => void) | null = null): Summary {
  return new Simulation(drawSettings(seed), trace).run();
}

class Simulation {
  private readonly scheduler = new Scheduler();
  private readonly random: Random;
  private readonly network: Network;
  /** Voters first, then learners. */
  private readonly nodes: readonly Node[];
  private readonly voters: readonly Node[];
  private readonly clients: readonly Client[];
  private readonly faults: Faults;
  private readonly applied: StateMachineSafety;
  private readonly progress: ProgressAfterHealing;
  private readonly outcomes = { done: 0, refused: 0, unknown: 0, pending: 0 };
  private readsAtLearners = 0;
  private readonly checkers: Checker[];
  private term = 0;

  constructor(
    private readonly settings: Settings,
    trace: ((line: string) => void) | null,
  ) {
    const { scheduler } = this;
    const write =
      trace === null
        ? null
        : (text: () => string) => {
            trace(`${scheduler.now.toFixed(1).padStart(9)} ${text()}`);
          };
    this.random = new Random(settings.seed + 0x5eed);
    this.network = new Network(settings.network, this.random, scheduler, (message) => {
      write?.(() => `${message.from} -> ${message.to} ${JSON.stringify(message)}`);
      this.nodes[message.to - 1]?.receive(message);
    });
    this.applied = new StateMachineSafety(settings.keys);
    this.progress = new ProgressAfterHealing(settings.clients);
    this.checkers = [];
    const context: NodeContext = {
      settings,
      scheduler,
      random: this.random,
      checkers: this.checkers,
      send: (message) => {
        this.network.send(message);
      },
      trace: write,
    };
    this.nodes = [...settings.voters, ...settings.learners.ids].map((id) => new Node(id, context));
    this.voters = this.nodes.filter((node) => !node.isLearner);
    const learners = this.nodes.filter((node) => node.isLearner);
    this.checkers.push(...this.createCheckers());
    this.clients = Array.from(
      { length: settings.clients },
      (_, id) => new Client(id, settings, scheduler, this.random, this.network, this.checkers, this.voters, learners),
    );
    this.faults = new Faults(settings, scheduler, this.random, this.network, this.nodes, write);
    write?.(() => JSON.stringify(settings));
  }

  run(): Summary {
    for (const node of this.nodes) node.start();
    for (const client of this.clients) client.start();
    this.faults.start();
    this.scheduler.runUntil(FAULTS_END_MS);
    const healed = this.faults.healMajority();
    const learners = healed.filter((node) => node.isLearner);
    const voters = healed.filter((node) => !node.isLearner);
    for (const client of this.clients) client.confineTo(voters, learners);
    this.progress.healed(this.scheduler.now);
    this.scheduler.runUntil(LIMIT_MS);
    this.progress.limitReached(learners.length > 0);
    for (const client of this.clients) client.stop();
    this.scheduler.runUntil(SETTLED_MS);
    const before = healed.map(({ appliedIndex }) => appliedIndex);
    this.scheduler.runUntil(END_MS);
    const after = healed.map(({ appliedIndex }) => appliedIndex);
    this.progress.converged(before, after);
    if (healed.length === this.nodes.length) this.progress.remembered(this.voters);
    for (const checker of this.checkers) checker.ended?.();
    const { done, refused, unknown } = this.outcomes;
    return {
      seed: this.settings.seed,
      members: this.voters.length,
      done,
      readsAtLearners: this.readsAtLearners,
      refused,
      unknown,
      applied: this.applied.entries.length,
      terms: this.term,
    };
  }

  private createCheckers(): Checker[] {
    return [
      new ElectionSafety(),
      new VoteOnce(),
      new LogMatching(),
      new LeaderCompleteness(),
      this.applied,
      new CommitMonotonic(),
      new Durability(this.voters),
      new Linearizability(this.applied),
      this.progress,
      {
        observed: (_, { term }) => {
          this.term = Math.max(this.term, term);
        },
        completed: ({ outcome, isLocal }) => {
          this.outcomes[outcome] += 1;
          if (isLocal && outcome === 'done') this.readsAtLearners += 1;
        },
      },
    ];
  }
}
