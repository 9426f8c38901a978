import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../built.js';
import type { FromKeeper, ProcessEnd, ToKeeper } from './keeper.messages.js';

const KEEPER = join(ROOT, 'dist', 'libs', 'harness', 'src', 'processes', 'keeper-process.js');

export interface ProcessSpec {
  readonly name: string;
  /** Path of the script to run. */
  readonly main: string;
  /** The complete environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
}

interface Running {
  readonly pid: number;
  readonly ended: Promise<ProcessEnd>;
  readonly noteEnd: (end: ProcessEnd) => void;
}

interface ProcessesEvents {
  exited: [name: string, end: ProcessEnd];
  /** The keeper has ended unexpectedly, and with it all processes. */
  lost: [];
}

/**
 * Starts, signals and watches processes by name. Their parent is the keeper, a separate process, which kills all of them,
 * frozen or not, as soon as this process ends for any reason.
 */
export class Processes extends EventEmitter<ProcessesEvents> {
  private readonly keeper: ChildProcess;
  private readonly running = new Map<string, Running>();
  private readonly starting = new Map<string, { resolve: (pid: number) => void; reject: (error: Error) => void }>();
  private isClosing = false;

  /**
   * @param logs directory of the log files
   * @param removeAtEnd files and directories to remove, however this process ends
   */
  constructor(
    private readonly logs: string,
    private readonly removeAtEnd: readonly string[] = [logs],
  ) {
    super();
    this.keeper = fork(KEEPER, removeAtEnd, {
      // In its own process group, so that Ctrl-C in the terminal reaches only this process, which stops the others in order.
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.keeper.on('message', (message: FromKeeper) => this.receive(message));
    this.keeper.once('exit', () => this.onKeeperGone());
  }

  /** Starts a process and resolves to its pid. Rejects if the log file can't be opened or the process can't be started. */
  start({ name, main, env }: ProcessSpec): Promise<number> {
    if (this.running.has(name)) return Promise.reject(new Error(`${name} runs already`));
    return new Promise((resolve, reject) => {
      this.starting.set(name, { resolve, reject });
      this.tell({ do: 'start', name, main, env, logFile: this.logFileOf(name) });
    });
  }

  /** Returns the pid of a process; undefined while it does not run. */
  pid(name: string): number | undefined {
    return this.running.get(name)?.pid;
  }

  /** Signals a process if it is still running. The keeper signals its own child, so the pid can't be another process's. */
  signal(name: string, signal: NodeJS.Signals): void {
    this.tell({ do: 'signal', name, signal });
  }

  /** Signals a process and resolves to how it ended; to undefined if it did not run. */
  async end(name: string, signal: NodeJS.Signals): Promise<ProcessEnd | undefined> {
    const process = this.running.get(name);
    if (process) this.signal(name, signal);
    return process?.ended;
  }

  /**
   * Lets a process finish its work, and kills it if that takes too long.
   * @param limitMs time after which it is killed, in milliseconds
   */
  async stop(name: string, limitMs: number): Promise<ProcessEnd | undefined> {
    const limit = setTimeout(() => this.signal(name, 'SIGKILL'), limitMs);
    return this.end(name, 'SIGTERM').finally(() => clearTimeout(limit));
  }

  /** Waits for a process to end and resolves to how it ended. */
  async ended(name: string): Promise<ProcessEnd> {
    const process = this.running.get(name);
    if (!process) throw new Error(`${name} does not run`);
    return process.ended;
  }

  logFileOf(name: string): string {
    return join(this.logs, `${name}.log`);
  }

  /** Returns the output of a process, over all of its runs. */
  log(name: string): string {
    try {
      return readFileSync(this.logFileOf(name), 'utf8');
    } catch {
      return '';
    }
  }

  /** Kills all processes that still run, and removes `removeAtEnd`. */
  async close(): Promise<void> {
    this.isClosing = true;
    if (this.keeper.exitCode !== null || this.keeper.signalCode !== null) return;
    const gone = once(this.keeper, 'exit');
    // The keeper may be frozen.
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

  /** Kills what is left and cleans up, as the keeper would have done, and reports all processes as ended. */
  private onKeeperGone(): void {
    if (this.isClosing) return;
    try {
      if (this.keeper.pid !== undefined) process.kill(-this.keeper.pid, 'SIGKILL');
    } catch {
      // No process is left.
    }
    for (const path of this.removeAtEnd) rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    for (const name of [...this.running.keys()]) this.noteEnd(name, { code: null, signal: 'SIGKILL' });
    for (const [name, { reject }] of this.starting) reject(new Error(`${name} can't be started: its keeper is gone`));
    this.emit('lost');
  }
}
