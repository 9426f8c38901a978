import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../built.js';
import type { FromKeeper, ProcessEnd, ToKeeper } from './keeper.messages.js';

const KEEPER = join(ROOT, 'dist', 'libs', 'harness', 'src', 'processes', 'keeper-process.js');

export interface ProcessSpec {
  readonly name: string;
  /** The script that Node runs. */
  readonly main: string;
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
}

interface Running {
  readonly pid: number;
  readonly ended: Promise<ProcessEnd>;
  readonly noteEnd: (end: ProcessEnd) => void;
}

interface ProcessesEvents {
  exited: [name: string, end: ProcessEnd];
  /** The keeper has ended without being told to, and so have all processes. */
  lost: [];
}

/**
 * Processes that are started, signalled and watched by name. Their parent is a keeper, a process of its own, which kills all of
 * them, frozen or not, as soon as this process is gone, however that came about.
 */
export class Processes extends EventEmitter<ProcessesEvents> {
  private readonly keeper: ChildProcess;
  private readonly running = new Map<string, Running>();
  private readonly starting = new Map<string, { resolve: (pid: number) => void; reject: (error: Error) => void }>();
  private isClosing = false;

  /**
   * @param logs the directory of the log files
   * @param removeAtEnd files and directories that must not stay, however this process ends
   */
  constructor(
    private readonly logs: string,
    private readonly removeAtEnd: readonly string[] = [logs],
  ) {
    super();
    this.keeper = fork(KEEPER, removeAtEnd, {
      // A group of its own: a Ctrl-C in the terminal reaches this process alone, which then stops the others in order.
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.keeper.on('message', (message: FromKeeper) => this.receive(message));
    this.keeper.once('exit', () => this.onKeeperGone());
  }

  /** Resolves to the pid. Rejects when the log file can't be opened or the process can't be started. */
  start({ name, main, env }: ProcessSpec): Promise<number> {
    if (this.running.has(name)) return Promise.reject(new Error(`${name} runs already`));
    return new Promise((resolve, reject) => {
      this.starting.set(name, { resolve, reject });
      this.tell({ do: 'start', name, main, env, logFile: this.logFileOf(name) });
    });
  }

  /** Undefined while it does not run. */
  pid(name: string): number | undefined {
    return this.running.get(name)?.pid;
  }

  /** Signals a process, if it still runs. The keeper is its parent, so the pid can't be another process's by now. */
  signal(name: string, signal: NodeJS.Signals): void {
    this.tell({ do: 'signal', name, signal });
  }

  /** Signals a process and resolves to how it ended; to undefined when it did not run. */
  async end(name: string, signal: NodeJS.Signals): Promise<ProcessEnd | undefined> {
    const process = this.running.get(name);
    if (process) this.signal(name, signal);
    return process?.ended;
  }

  /**
   * Lets a process finish what it has under way, and kills it when that takes too long.
   * @param limitMs in milliseconds
   */
  async stop(name: string, limitMs: number): Promise<ProcessEnd | undefined> {
    const limit = setTimeout(() => this.signal(name, 'SIGKILL'), limitMs);
    return this.end(name, 'SIGTERM').finally(() => clearTimeout(limit));
  }

  /** Resolves to how a process ended by itself. */
  async ended(name: string): Promise<ProcessEnd> {
    const process = this.running.get(name);
    if (!process) throw new Error(`${name} does not run`);
    return process.ended;
  }

  logFileOf(name: string): string {
    return join(this.logs, `${name}.log`);
  }

  /** The output of a process, over all of its runs. */
  log(name: string): string {
    try {
      return readFileSync(this.logFileOf(name), 'utf8');
    } catch {
      return '';
    }
  }

  /** Kills what still runs, and removes what must not stay. */
  async close(): Promise<void> {
    this.isClosing = true;
    if (this.keeper.exitCode !== null || this.keeper.signalCode !== null) return;
    const gone = once(this.keeper, 'exit');
    // In case the keeper is frozen.
    this.keeper.kill('SIGCONT');
    this.keeper.disconnect();
    await gone;
  }

  private tell(message: ToKeeper): void {
    if (this.keeper.connected) this.keeper.send(message);
  }

  private receive(message: FromKeeper): void {
    if (message.event === 'exited') {
      this.noteEnd(message.name, message.how);
      return;
    }
    const start = this.starting.get(message.name);
    this.starting.delete(message.name);
    if (message.event === 'failed') {
      start?.reject(new Error(`${message.name} can't be started: ${message.why}`));
      return;
    }
    let noteEnd!: (end: ProcessEnd) => void;
    const ended = new Promise<ProcessEnd>((resolve) => (noteEnd = resolve));
    this.running.set(message.name, { pid: message.pid, ended, noteEnd });
    start?.resolve(message.pid);
  }

  private noteEnd(name: string, end: ProcessEnd): void {
    const process = this.running.get(name);
    this.running.delete(name);
    process?.noteEnd(end);
    this.emit('exited', name, end);
  }

  /** Does what the keeper would have done. */
  private onKeeperGone(): void {
    if (this.isClosing) return;
    try {
      if (this.keeper.pid !== undefined) process.kill(-this.keeper.pid, 'SIGKILL');
    } catch {
      // Nobody is left.
    }
    for (const path of this.removeAtEnd) rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    for (const name of [...this.running.keys()]) this.noteEnd(name, { code: null, signal: 'SIGKILL' });
    for (const [name, { reject }] of this.starting) reject(new Error(`${name} can't be started: its keeper is gone`));
    this.emit('lost');
  }
}
