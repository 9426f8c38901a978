import type { Page, StateMachine } from '../src/state-machine.js';
import type { ReplicationOptions } from '../src/replication.options.js';
import { Determinism } from './determinism.js';
import { MemoryNetwork, type NetworkSettings } from './memory-network.js';
import { Random } from './simulation/random.js';
import { TestMember } from './test-member.js';
import { VirtualTime } from './virtual-time.js';
import { majorityOf } from '../src/core/majority.js';

/** Timeout of each wait, in virtual milliseconds; a healthy group needs far less. */
const PATIENCE_MS = 60_000;

type Tunable =
  | 'heartbeatIntervalMs'
  | 'electionTimeoutMs'
  | 'preferHighestId'
  | 'proposalTimeoutMs'
  | 'maxProposals'
  | 'keepEntries'
  | 'readLeaseMs'
  | 'clockDriftMarginMs';

/** Settings of a test cluster. Settings of its members have the defaults of `ReplicationOptions`. */
export interface TestClusterOptions<Command, Result> extends Partial<
  Pick<ReplicationOptions<Command, Result>, Tunable>
> {
  /** Creates the state machine of a member; called at each start of a member. */
  readonly stateMachine: () => StateMachine<Command, Result>;
  /** Number of voters: 1, 3 or 5. Their ids are 1, 2, 3, … @default 3 */
  readonly voters?: number;
  /** Number of learners; their ids follow those of the voters. @default 0 */
  readonly learners?: number;
  /** `onReceived` of the learner with this id. @default none */
  readonly onReceived?: (id: number, commands: readonly Command[]) => Promise<void>;
  /** The same seed gives the same run. @default 1 */
  readonly seed?: number;
  /** Delays and loss of messages. @default 1 to 3 ms, in order, none lost */
  readonly network?: Partial<NetworkSettings>;
  /** Maximum duration of a sync, in milliseconds; the minimum is a tenth of it. @default 2 */
  readonly maxSyncMs?: number;
}

/**
 * Creates a whole group in one process, without files, sockets or timers: the real protocol and driver, with virtual time, so
 * that an election takes microseconds and a run can be repeated exactly. Time passes only inside calls that return a promise.
 *
 * @example
 * const cluster = createTestCluster({ stateMachine: () => new Counter(), seed: 7 });
 * expect(await cluster.propose({ add: 2 })).toBe(2);
 * cluster.crash((await cluster.leader()).id);      // loses unsynced writes
 * expect(await cluster.propose({ add: 3 })).toBe(5);
 * cluster.restart(3);
 * await cluster.converge();                        // all members have the same state, or it throws
 * cluster.close();
 *
 * @example a partitioned leader
 * const old = await cluster.leader();
 * cluster.partition([old.id], cluster.others(old.id));
 * await expect(cluster.until(old.log.propose({ add: 1 }))).rejects.toBeInstanceOf(OutcomeUnknown);
 * cluster.heal();
 */
export function createTestCluster<Command, Result>(
  options: TestClusterOptions<Command, Result>,
): TestCluster<Command, Result> {
  return new TestCluster(options);
}

export class TestCluster<Command = unknown, Result = unknown> {
  /** Voters first, then learners. */
  readonly members: readonly TestMember<Command, Result>[];
  private readonly majority: number;
  /** The log lines of all members, each with its virtual time. */
  readonly events: string[] = [];
  private readonly time = new VirtualTime();
  private readonly random: Random;
  private readonly network: MemoryNetwork;
  private readonly determinism = new Determinism();

  constructor(options: TestClusterOptions<Command, Result>) {
    const { stateMachine, voters: count = 3, learners: more = 0, onReceived, ...rest } = options;
    const { seed = 1, network, maxSyncMs = 2, ...settings } = rest;
    this.random = new Random(seed);
    this.network = new MemoryNetwork({ minDelayMs: 1, maxDelayMs: 3, loss: 0, ...network }, this.time, this.random);
    const world = {
      time: this.time,
      network: this.network,
      random: this.random,
      drawSyncMs: () => this.random.between(maxSyncMs / 10, maxSyncMs),
      onResult: this.determinism.compareResult.bind(this.determinism),
      onEvent: (line: string) => this.events.push(line),
    };
    const all = Array.from({ length: count + more }, (_, i) => ({ id: i + 1, host: 'test', port: i + 1 }));
    const [voters, learners] = [all.slice(0, count), all.slice(count)];
    const shared = { ...settings, group: 'test', voters, learners, dataDir: 'none' };
    const hookOf = (id: number): Pick<ReplicationOptions<Command, Result>, 'onReceived'> =>
      onReceived ? { onReceived: (commands) => onReceived(id, commands) } : {};
    this.members = all.map(({ id }) => {
      const role = id <= count ? ({ role: 'voter' } as const) : ({ role: 'learner', ...hookOf(id) } as const);
      return new TestMember({ ...shared, id, ...role }, stateMachine, world);
    });
    this.majority = majorityOf(count);
  }

  /** Virtual milliseconds since the cluster was created. */
  get now(): number {
    return this.time.now;
  }

  member(id: number): TestMember<Command, Result> {
    const member = this.members[id - 1];
    if (!member) throw new RangeError(`no member ${id} in a group of ${this.members.length}`);
    return member;
  }

  /** Returns the ids of all members except the given ones. */
  others(...ids: readonly number[]): number[] {
    return this.members.map(({ id }) => id).filter((id) => !ids.includes(id));
  }

  /** Lets `ms` milliseconds pass. */
  async run(ms: number): Promise<void> {
    await this.time.runUntil(() => this.failed !== undefined, ms);
    this.throwFailure();
  }

  /** Lets time pass until the promise is settled, and settles in the same way. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settle = (): void => void (isSettled = true);
    promise.then(settle, settle);
    await this.waitFor(() => isSettled, 'an answer');
    return promise;
  }

  /** Lets time pass until a condition holds. Throws if it does not hold after a virtual minute. */
  async waitFor(isSo: () => boolean, what = 'a condition'): Promise<void> {
    const came = await this.time.runUntil(() => this.failed !== undefined || isSo(), PATIENCE_MS);
    this.throwFailure();
    if (!came) throw new Error(`waited ${PATIENCE_MS} virtual ms in vain for ${what}:\n${this.describe()}`);
  }

  /** Resolves to the leader, once it has proved that a majority follows it. */
  async leader(): Promise<TestMember<Command, Result>> {
    const find = (): TestMember<Command, Result> | undefined => this.members.find((member) => this.isFollowed(member));
    await this.waitFor(() => find() !== undefined, 'a leader');
    return find() as TestMember<Command, Result>;
  }

  /**
   * Proposes a command to the leader, once there is one, and resolves to the state machine's result. Rejects like
   * `ReplicatedLog.propose`. Repeats nothing, because only the caller knows whether that is safe.
   */
  async propose(command: Command): Promise<Result> {
    const { log } = await this.leader();
    return this.until(log.propose(command));
  }

  /** Kills a member, which loses unsynced writes. The seed decides whether a write in progress is lost or durable. */
  crash(id: number): void {
    this.member(id).crash();
  }

  /** Starts a member that is down, on the data of its disk. */
  restart(id: number): void {
    this.member(id).start();
  }

  /** Stops a member as SIGTERM does: it transfers leadership and finishes work in progress. */
  async shutDown(id: number): Promise<void> {
    await this.until(this.member(id).shutDown());
  }

  /** Partitions the group: only members of the same side receive each other's messages. A member of no side receives none. */
  partition(...sides: readonly (readonly number[])[]): void {
    this.network.partition(sides);
  }

  heal(): void {
    this.network.heal();
  }

  /**
   * Lets time pass until every live member has applied the whole log, and returns their common state. Throws with the first
   * difference if they differ.
   */
  async converge(): Promise<readonly Page[]> {
    const leader = await this.leader();
    const isSame = (): boolean =>
      this.up.every(({ status }) => status.appliedIndex === leader.status.lastIndex && status.ready);
    await this.waitFor(isSame, 'the same applied index everywhere');
    const states = new Map(this.up.map((member) => [member.id, member.state()]));
    this.determinism.compareStates(states);
    return leader.state();
  }

  /** Ends all members. */
  close(): void {
    for (const { id } of this.up) this.crash(id);
  }

  private get up(): readonly TestMember<Command, Result>[] {
    return this.members.filter((member) => member.isUp);
  }

  private get failed(): TestMember<Command, Result> | undefined {
    return this.members.find((member) => member.failure !== undefined);
  }

  private throwFailure(): void {
    if (!this.failed) return;
    const { id, failure } = this.failed;
    throw new Error(`member ${id} stopped: ${failure instanceof Error ? failure.message : String(failure)}`, {
      cause: failure,
    });
  }

  private isFollowed(member: TestMember<Command, Result>): boolean {
    if (!member.isUp || member.status.role !== 'leader' || !member.status.ready) return false;
    const { term } = member.status;
    const followers = this.up.filter(
      ({ id, status }) =>
        status.role !== 'learner' &&
        status.term === term &&
        status.leader?.id === member.id &&
        this.network.areConnected(id, member.id),
    );
    return followers.length >= this.majority;
  }

  private describe(): string {
    return this.members
      .map((member) => {
        if (!member.isUp) return `member ${member.id} is down`;
        const { role, term, lastIndex, commitIndex, appliedIndex } = member.status;
        return `member ${member.id} ${role} term ${term} last ${lastIndex} commit ${commitIndex} applied ${appliedIndex}`;
      })
      .join('\n');
  }
}
