import type { Database } from 'better-sqlite3';
import type { Entry } from '../src/core/messages.js';
import { tickMsOf } from '../src/driver/timing.js';
import type { ReplicaStatus } from '../src/replica-status.js';
import { ReplicatedLog } from '../src/replicated-log.service.js';
import { completeOptions, type ReplicationOptions } from '../src/replication.options.js';
import type { Page, StateMachine } from '../src/state-machine.js';
import type { MemoryNetwork } from './memory-network.js';
import { MemoryDisk, MemoryStorage } from './memory-storage.js';
import type { Random } from './simulation/random.js';
import { VirtualTicker, type VirtualTime } from './virtual-time.js';

/** The environment that all members of a test cluster share. */
export interface TestWorld {
  readonly time: VirtualTime;
  readonly network: MemoryNetwork;
  readonly random: Random;
  readonly drawSyncMs: () => number;
  readonly onResult: (member: number, entry: Entry, result: unknown) => void;
  readonly onEvent: (line: string) => void;
}

/** One incarnation of a member, from its start to its end. */
interface Incarnation<Command, Result> {
  readonly log: ReplicatedLog<Command, Result>;
  readonly storage: MemoryStorage;
  readonly stateMachine: StateMachine<Command, Result>;
}

/** A member of a test cluster. Everything is real except its disk, its network and its clock. */
export class TestMember<Command = unknown, Result = unknown> {
  /** The error that made it stop by itself; undefined otherwise. */
  failure: unknown;
  private readonly disk = new MemoryDisk();
  private incarnation: Incarnation<Command, Result> | null = null;

  constructor(
    private readonly options: Omit<ReplicationOptions<Command, Result>, 'stateMachine'>,
    /** Called at each start, because a crash also loses the state machine's memory. */
    private readonly createStateMachine: () => StateMachine<Command, Result>,
    private readonly world: TestWorld,
  ) {
    this.start();
  }

  get id(): number {
    return this.options.id;
  }

  get isUp(): boolean {
    return this.incarnation !== null;
  }

  /** Its replicated log, an instance of the class that an app injects; a new one after each restart. Throws while it is down. */
  get log(): ReplicatedLog<Command, Result> {
    return this.alive.log;
  }

  get status(): ReplicaStatus {
    return this.log.status();
  }

  /** Reads the state machine's tables, as applied here. */
  query<T>(read: (db: Database) => T): T {
    return read(this.alive.storage.db);
  }

  /** Returns the whole state, as pages of the state machine's snapshot. */
  state(): readonly Page[] {
    return this.query((db) => [...this.alive.stateMachine.snapshot(db)]);
  }

  start(): void {
    if (this.incarnation) throw new Error(`member ${this.id} is up already`);
    this.failure = undefined;
    const { time, network, random, drawSyncMs, onResult, onEvent } = this.world;
    const stateMachine = this.createStateMachine();
    const options = completeOptions({ ...this.options, stateMachine, onFatal: (error) => this.fail(error) });
    const storage = new MemoryStorage(this.disk, {
      stateMachine,
      keepEntries: options.keepEntries,
      sync: () => time.pause(drawSyncMs()),
      onResult: (entry, result) => onResult(this.id, entry, result),
    });
    const say = (line: string): void => onEvent(`${time.now.toFixed(1)} ms ${options.group}-${this.id} ${line}`);
    const log = new ReplicatedLog<Command, Result>(options, {
      storage,
      transport: network.transport(this.id),
      ticker: new VirtualTicker(time, tickMsOf(options)),
      events: { log: say, warn: say },
      now: () => time.now,
      defer: (run) => time.after(0, run),
      pause: (ms) => time.pause(ms),
      random: random.next,
      newId: () => random.next().toString(36).slice(2),
    });
    this.incarnation = { log, storage, stateMachine };
    log.onApplicationBootstrap();
  }

  crash(): void {
    this.alive.storage.crash(this.world.random.chance(0.5));
    this.end();
    this.world.network.reset(this.id);
  }

  /** Stops as an app does on SIGTERM. */
  async shutDown(): Promise<void> {
    const { log } = this.alive;
    log.onModuleDestroy();
    await log.beforeApplicationShutdown();
    // It may have crashed meanwhile.
    if (this.incarnation?.log === log) this.end();
  }

  private get alive(): Incarnation<Command, Result> {
    if (!this.incarnation) throw new Error(`member ${this.id} is down`);
    return this.incarnation;
  }

  private end(): void {
    const { log } = this.alive;
    this.incarnation = null;
    log.onModuleDestroy();
    log.onApplicationShutdown();
  }

  private fail(error: unknown): void {
    this.failure = error;
    if (!this.incarnation) return;
    this.incarnation.storage.crash(false);
    this.end();
  }
}
