import { once, EventEmitter } from 'node:events';
import { messageOf } from '#service-kit';
import { CliError } from '../cli-error.js';
import { Keeper } from './keeper.js';
import type { ProcessEnd } from './keeper.messages.js';
import { logFileOf } from './log-view.js';
import { appMain } from './app-main.js';
import type { ProcessSpec, Topology } from './topology.js';

/** Beyond the 5 s within which a process stops by itself. */
const STOP_LIMIT_MS = 6000;

export interface ManagedProcess {
  readonly spec: ProcessSpec;
  readonly pid: number | null;
  readonly state: 'running' | 'paused' | 'dead';
  /** How it ended, for people; null while it runs. */
  readonly end: string | null;
}

interface ClusterEvents {
  /** A process has ended; `isExpected` when somebody here asked for it. */
  exited: [name: string, end: string, isExpected: boolean];
  /** All processes are gone at once. */
  lost: [];
}

/** The processes of a demo: starts, signals and watches them. */
export class Cluster extends EventEmitter<ClusterEvents> {
  private readonly keeper: Keeper;
  private readonly processes = new Map<string, ManagedProcess>();
  private readonly asked = new Set<string>();
  private isEnding = false;

  constructor(
    topology: Pick<Topology, 'processes'>,
    private readonly dataDir: string,
    removeAtEnd: readonly string[],
  ) {
    super();
    for (const spec of topology.processes) {
      this.processes.set(spec.name, { spec, pid: null, state: 'dead', end: 'not started' });
    }
    this.keeper = new Keeper(removeAtEnd, {
      exited: (name, how) => this.onExit(name, how),
      lost: () => this.onLost(),
    });
  }

  list(): readonly ManagedProcess[] {
    return [...this.processes.values()];
  }

  get(name: string): ManagedProcess {
    const found = this.processes.get(name);
    if (found === undefined) throw new RangeError(`the demo has no process ${name}`);
    return found;
  }

  async start(name: string): Promise<ManagedProcess> {
    // A restart that began before the end must not outlive it.
    if (this.isEnding) throw new CliError(`${name} is not started: the demo ends`, 'start the demo again');
    const { spec } = this.get(name);
    this.asked.delete(name);
    const logFile = logFileOf(this.dataDir, name);
    const pid = await this.keeper
      .start({ name, main: appMain(spec.app), env: environmentOf(spec), logFile })
      .catch((error: unknown) => {
        throw new CliError(messageOf(error), `see whether ${logFile} can be written`);
      });
    return this.update(name, { pid, state: 'running', end: null });
  }

  /** As `kill -9` does: without any warning. */
  async kill(name: string): Promise<void> {
    await this.end(name, 'SIGKILL');
  }

  /** Freezes a process, as a long pause of its machine would. */
  pause(name: string): void {
    this.keeper.signal(name, 'SIGSTOP');
    this.update(name, { state: 'paused' });
  }

  resume(name: string): void {
    this.keeper.signal(name, 'SIGCONT');
    this.update(name, { state: 'running' });
  }

  /** Lets a process finish what it has under way; kills it if that takes too long. */
  async stop(name: string): Promise<void> {
    if (this.get(name).state === 'paused') this.resume(name);
    const limit = setTimeout(() => this.keeper.signal(name, 'SIGKILL'), STOP_LIMIT_MS);
    await this.end(name, 'SIGTERM');
    clearTimeout(limit);
  }

  /** Stops all, the outer ones first, so that none is left waiting for one that is gone. */
  async stopAll(): Promise<void> {
    this.isEnding = true;
    for (const app of ['frontend', 'catalog', 'order'] as const) {
      await Promise.all(
        this.list()
          .filter(({ spec }) => spec.app === app)
          .map(({ spec }) => this.stop(spec.name)),
      );
    }
  }

  /** Kills whatever is left, and removes what must not stay. */
  close(): Promise<void> {
    return this.keeper.close();
  }

  private async end(name: string, signal: NodeJS.Signals): Promise<void> {
    if (this.get(name).state === 'dead') return;
    this.asked.add(name);
    this.keeper.signal(name, signal);
    while (this.get(name).state !== 'dead') await once(this, 'exited');
  }

  private onExit(name: string, { code, signal }: ProcessEnd): void {
    const end = signal ?? `exit code ${code}`;
    this.update(name, { pid: null, state: 'dead', end });
    this.emit('exited', name, end, this.asked.delete(name));
  }

  private onLost(): void {
    for (const { spec, state } of this.list()) {
      if (state !== 'dead') this.onExit(spec.name, { code: null, signal: 'SIGKILL' });
    }
    this.emit('lost');
  }

  private update(name: string, change: Partial<ManagedProcess>): ManagedProcess {
    const updated = { ...this.get(name), ...change };
    this.processes.set(name, updated);
    return updated;
  }
}

/** Settings that belong to one process and must not be inherited from ours. */
const OF_ONE_PROCESS = new Set(['REPLICA_ID', 'DATA_DIR', 'PORT', 'HOST', 'BIND_HOST']);

function environmentOf(spec: ProcessSpec): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !OF_ONE_PROCESS.has(name)) environment[name] = value;
  }
  // As JSON, whatever the terminal is: we read the logs ourselves.
  return { ...environment, LOG_FORMAT: 'json', ...spec.env };
}
