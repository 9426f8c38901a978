import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FromKeeper, ProcessEnd, ToKeeper } from '../../../apps/cli/src/demo/keeper.messages.js';
import { ROOT } from '../../system/support/bazaar.js';

export type AppName = 'catalog' | 'order' | 'frontend';

export interface ProcessSpec {
  readonly name: string;
  /** The script that Node runs. */
  readonly main: string;
  readonly env: Readonly<Record<string, string>>;
}

const BUILT_APPS = join(ROOT, 'dist', 'apps');

/** The built main file of an app. */
export function mainOf(app: AppName, apps = BUILT_APPS): string {
  return join(apps, app, 'src', 'main.js');
}

interface Running {
  readonly pid: number;
  readonly ended: Promise<ProcessEnd>;
  readonly noteEnd: (end: ProcessEnd) => void;
}

/** Ours must not reach the processes under test: what they get is what the test says. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'NODE_OPTIONS'];
const KEEPER = join(BUILT_APPS, 'cli', 'src', 'demo', 'keeper-process.js');

/**
 * Real processes of the built apps. Their parent is the keeper of `bazaar demo`, which kills every one of them, frozen
 * or not, as soon as this process is gone, however that came about.
 */
export class Processes {
  private readonly keeper: ChildProcess;
  private readonly running = new Map<string, Running>();
  private readonly starting = new Map<string, { resolve: (pid: number) => void; reject: (error: Error) => void }>();

  /** @param directory for the logs; removed at the end, also when this process is killed */
  constructor(private readonly directory: string) {
    this.keeper = fork(KEEPER, [directory], { detached: true, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.keeper.on('message', (message: FromKeeper) => this.note(message));
  }

  /** Resolves to the pid. */
  async start({ name, main, env }: ProcessSpec): Promise<number> {
    if (this.running.has(name)) throw new Error(`${name} runs already`);
    const inherited = INHERITED.map((key) => [key, process.env[key]]).filter(([, value]) => value !== undefined);
    const pid = await new Promise<number>((resolve, reject) => {
      this.starting.set(name, { resolve, reject });
      this.tell({
        do: 'start',
        name,
        main,
        env: { ...(Object.fromEntries(inherited) as Record<string, string>), NO_COLOR: '1', ...env },
        logFile: this.logFile(name),
      });
    });
    return pid;
  }

  pid(name: string): number | undefined {
    return this.running.get(name)?.pid;
  }

  signal(name: string, signal: NodeJS.Signals): void {
    this.tell({ do: 'signal', name, signal });
  }

  /** Signals a process and resolves to how it ended; at once when it does not run. */
  async end(name: string, signal: NodeJS.Signals): Promise<ProcessEnd | undefined> {
    const process = this.running.get(name);
    if (process) this.signal(name, signal);
    return process?.ended;
  }

  /** Resolves to how a process ended by itself. */
  async ended(name: string): Promise<ProcessEnd> {
    const process = this.running.get(name);
    if (!process) throw new Error(`${name} does not run`);
    return process.ended;
  }

  /** Everything that a process has said, over all of its lives. */
  log(name: string): string {
    try {
      return readFileSync(this.logFile(name), 'utf8');
    } catch {
      return '';
    }
  }

  /** Kills whatever still runs and removes the directory. */
  async close(): Promise<void> {
    if (this.keeper.exitCode !== null || this.keeper.signalCode !== null) return;
    const gone = once(this.keeper, 'exit');
    this.keeper.disconnect();
    await gone;
  }

  private logFile(name: string): string {
    return join(this.directory, `${name}.log`);
  }

  private tell(message: ToKeeper): void {
    if (!this.keeper.connected) throw new Error('the keeper of the processes is gone, and so are they');
    this.keeper.send(message);
  }

  private note(message: FromKeeper): void {
    const { name } = message;
    if (message.event === 'exited') {
      const process = this.running.get(name);
      this.running.delete(name);
      process?.noteEnd(message.how);
      return;
    }
    const start = this.starting.get(name);
    this.starting.delete(name);
    if (message.event === 'failed') start?.reject(new Error(`${name} can't be started: ${message.why}`));
    else {
      let noteEnd!: (end: ProcessEnd) => void;
      const ended = new Promise<ProcessEnd>((resolve) => (noteEnd = resolve));
      this.running.set(name, { pid: message.pid, ended, noteEnd });
      start?.resolve(message.pid);
    }
  }
}
