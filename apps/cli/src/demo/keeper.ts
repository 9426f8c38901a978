import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FromKeeper, ProcessEnd, ToKeeper } from './keeper.messages.js';

interface Listener {
  /** A process that was started has ended. */
  readonly exited: (name: string, how: ProcessEnd) => void;
  /** The keeper itself has ended without being told to; so have all processes. */
  readonly lost: () => void;
}

/** The demo's side of the process that keeps its children, and of the one that stands in for it. */
export class Keeper {
  private readonly child: ChildProcess;
  private readonly understudy: ChildProcess;
  private readonly starting = new Map<string, { resolve: (pid: number) => void; reject: (error: Error) => void }>();
  private isClosing = false;

  /** @param removeAtEnd files and directories that must not stay, however the demo ends */
  constructor(
    private readonly removeAtEnd: readonly string[],
    listener: Listener,
  ) {
    this.child = forkBeside('./keeper-process.js', removeAtEnd);
    this.understudy = forkBeside('./keeper-understudy-process.js', [String(this.child.pid), ...removeAtEnd]);
    this.child.on('message', (message: FromKeeper) => {
      if (message.event === 'exited') listener.exited(message.name, message.how);
      else this.settle(message);
    });
    this.child.once('exit', () => {
      if (this.isClosing) return;
      this.endWithoutKeeper();
      listener.lost();
    });
  }

  /** Resolves to the pid. */
  start(process: Omit<Extract<ToKeeper, { do: 'start' }>, 'do'>): Promise<number> {
    return new Promise((resolve, reject) => {
      this.starting.set(process.name, { resolve, reject });
      this.tell({ do: 'start', ...process });
    });
  }

  /** Signals a process, if it still runs. The keeper is its parent, so the pid can't be somebody else's by now. */
  signal(name: string, signal: NodeJS.Signals): void {
    this.tell({ do: 'signal', name, signal });
  }

  /** Kills whatever still runs, and removes what must not stay. */
  async close(): Promise<void> {
    this.isClosing = true;
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, 'exit');
      this.child.disconnect();
      // In case that the keeper is frozen.
      if (this.understudy.connected) this.understudy.disconnect();
      await ended;
    }
    this.understudy.kill('SIGKILL');
    this.removeLeftovers();
  }

  private tell(message: ToKeeper): void {
    if (this.child.connected) this.child.send(message);
  }

  private settle(message: Exclude<FromKeeper, { event: 'exited' }>): void {
    const start = this.starting.get(message.name);
    this.starting.delete(message.name);
    if (message.event === 'started') start?.resolve(message.pid);
    else start?.reject(new Error(`${message.name} can't be started: ${message.why}`));
  }

  /** What the keeper would have done. */
  private endWithoutKeeper(): void {
    this.understudy.kill('SIGKILL');
    try {
      if (this.child.pid !== undefined) process.kill(-this.child.pid, 'SIGKILL');
    } catch {
      // Nobody is left.
    }
    this.removeLeftovers();
  }

  private removeLeftovers(): void {
    for (const path of this.removeAtEnd) rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}

function forkBeside(script: string, args: readonly string[]): ChildProcess {
  return fork(fileURLToPath(new URL(script, import.meta.url)), args, {
    // A group of its own: a Ctrl-C in the terminal reaches the demo alone, which then stops the others in order.
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}
