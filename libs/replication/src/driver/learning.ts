import { isCommand } from '../core/birth.js';
import { LocalReads } from '../core/local-reads.js';
import type { Entry } from '../core/messages.js';
import { NoLeader, NotLeader, OutcomeUnknown } from '../errors.js';
import type { DriverParts } from './driver-parts.js';
import { Pending } from './pending.js';

/** The parts of a driver that `Learning` needs. */
export interface LearningHost {
  /** Gives the core an input, and schedules its effects. */
  input(act: () => void): void;
  /** Asks the leader, and resolves when everything that was acknowledged before the call can be read here. */
  read(): Promise<void>;
  fail(error: unknown): void;
}

/** The part of a driver for learners: releases received entries, and answers reads from local state. Idle at a voter. */
export class Learning {
  private readonly reads: LocalReads;
  private readonly pending: Pending<number, undefined>;
  private lastRead = 0;
  private readonly commands = new WeakMap<Entry, unknown>();
  /** Resolves when all entries handed out before are released. */
  private releasing: Promise<unknown> = Promise.resolve();
  private isStopped = false;

  constructor(
    private readonly parts: DriverParts,
    private readonly host: LearningHost,
  ) {
    this.reads = new LocalReads(parts.core);
    this.pending = new Pending(parts.proposalTimeoutMs, parts.ports.now);
  }

  /** Handles received entries. They are released in order, however long the hook takes for each. */
  received(): void {
    const entries = this.parts.core.takeReceived();
    const last = entries.at(-1);
    if (last === undefined) return;
    const { core, onReceived } = this.parts;
    if (onReceived === undefined) {
      core.released(last.index, last.term);
      return;
    }
    const commands = entries.filter(isCommand).map((entry) => this.commandOf(entry));
    const isDone = commands.length === 0 ? undefined : callHook(onReceived, commands);
    this.releasing = Promise.all([this.releasing, isDone]).then(
      () => {
        if (!this.isStopped) this.host.input(() => core.released(last.index, last.term));
      },
      (error: unknown) => {
        if (!this.isStopped) this.host.fail(error);
      },
    );
  }

  /** Called when entries were applied, or time has passed. */
  advance(): void {
    const { core, ports } = this.parts;
    const { appliedIndex } = ports.storage;
    core.applied(appliedIndex);
    this.pending.expire();
    this.reads.advance(ports.now(), appliedIndex);
  }

  /** Resolves when everything that was acknowledged before the call, and concerns it, can be read here. */
  readLocal(touches: (command: unknown) => boolean): Promise<void> {
    const { ports } = this.parts;
    const id = ++this.lastRead;
    const isDone = this.pending.wait(id);
    const read = {
      concerns: (entry: Entry) => isCommand(entry) && touches(this.commandOf(entry)),
      ripe: () => {
        this.pending.resolve(id, undefined);
      },
      askLeader: () => void this.askLeader(id),
    };
    this.reads.start(read, ports.now(), ports.storage.appliedIndex);
    return isDone;
  }

  stop(): void {
    this.isStopped = true;
    this.pending.rejectAll(() => new OutcomeUnknown('this replica stopped'));
  }

  private async askLeader(id: number): Promise<void> {
    try {
      await this.host.read();
      this.pending.resolve(id, undefined);
    } catch (error) {
      const isLeaderless = error instanceof NotLeader;
      this.pending.reject(id, () => (isLeaderless ? new NoLeader('this learner knows no leader') : (error as Error)));
    }
  }

  private commandOf(entry: Entry): unknown {
    const known = this.commands.get(entry);
    if (known !== undefined) return known;
    const command = JSON.parse(entry.data ?? 'null') as unknown;
    this.commands.set(entry, command);
    return command;
  }
}

/** Calls the hook. A synchronous throw becomes a rejection. */
async function callHook(hook: NonNullable<DriverParts['onReceived']>, commands: readonly unknown[]): Promise<void> {
  await hook(commands);
}
