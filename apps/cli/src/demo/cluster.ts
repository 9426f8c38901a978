import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { mainOf, Processes } from '#harness';
import { messageOf } from '#service-kit';
import { CliError } from '../cli-error.js';
import type { ProcessSpec, Topology } from './topology.js';

/** A process stops by itself within 5 s. */
const STOP_LIMIT_MS = 6000;

export interface ManagedProcess {
  readonly spec: ProcessSpec;
  readonly pid: number | null;
  readonly state: 'running' | 'paused' | 'dead';
  /** How it ended, for people; null while it runs. */
  readonly end: string | null;
}

interface ClusterEvents {
  /** A process has ended; `isExpected` when it was told to. */
  exited: [name: string, end: string, isExpected: boolean];
  /** All processes are gone at once. */
  lost: [];
}

/** The processes of a demo, with the state of each. */
export class Cluster extends EventEmitter<ClusterEvents> {
  private readonly children: Processes;
  private readonly processes = new Map<string, ManagedProcess>();
  private readonly told = new Set<string>();
  private isEnding = false;

  constructor(topology: Pick<Topology, 'processes'>, dataDir: string, removeAtEnd: readonly string[]) {
    super();
    for (const spec of topology.processes) {
      this.processes.set(spec.name, { spec, pid: null, state: 'dead', end: 'not started' });
    }
    this.children = new Processes(join(dataDir, 'logs'), removeAtEnd);
    this.children.on('exited', (name, { code, signal }) => {
      const end = signal ?? `exit code ${code}`;
      this.update(name, { pid: null, state: 'dead', end });
      this.emit('exited', name, end, this.told.delete(name));
    });
    this.children.on('lost', () => this.emit('lost'));
  }

  list(): readonly ManagedProcess[] {
    return [...this.processes.values()];
  }

  get(name: string): ManagedProcess {
    const found = this.processes.get(name);
    if (found === undefined) throw new RangeError(`the demo has no process ${name}`);
    return found;
  }

  logFileOf(name: string): string {
    return this.children.logFileOf(name);
  }

  async start(name: string): Promise<ManagedProcess> {
    // A restart that began before the end must not outlive it.
    if (this.isEnding) throw new CliError(`${name} is not started: the demo ends`, 'start the demo again');
    const { spec } = this.get(name);
    this.told.delete(name);
    try {
      const pid = await this.children.start({ name, main: mainOf(spec.app), env: environmentOf(spec) });
      return this.update(name, { pid, state: 'running', end: null });
    } catch (error) {
      throw new CliError(messageOf(error), `see whether ${this.logFileOf(name)} can be written`);
    }
  }

  /** As `kill -9` does: without any warning. */
  async kill(name: string): Promise<void> {
    if (this.get(name).state !== 'dead') this.told.add(name);
    await this.children.end(name, 'SIGKILL');
  }

  /** Freezes a process, as a long pause of its machine would. */
  pause(name: string): void {
    this.children.signal(name, 'SIGSTOP');
    this.update(name, { state: 'paused' });
  }

  resume(name: string): void {
    this.children.signal(name, 'SIGCONT');
    this.update(name, { state: 'running' });
  }

  /** Lets a process finish what it has under way; kills it if that takes too long. */
  async stop(name: string): Promise<void> {
    if (this.get(name).state === 'paused') this.resume(name);
    if (this.get(name).state !== 'dead') this.told.add(name);
    await this.children.stop(name, STOP_LIMIT_MS);
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
    return this.children.close();
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
