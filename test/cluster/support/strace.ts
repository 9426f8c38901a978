import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { waitFor } from '../../system/support/wait-for.js';

/** Returns why strace can't be used here; undefined if it can. */
export function whyNoStrace(): string | undefined {
  // Attach to a child, to test the permission for real.
  const { status, error, stderr } = spawnSync('strace', ['-f', '-e', 'trace=fsync', 'true'], { encoding: 'utf8' });
  if (error) return 'strace is not installed (apt-get install strace)';
  if (status !== 0) return `strace may not trace here: ${stderr.trim()}`;
  const sleeper = spawn('sleep', ['30']);
  const attach = spawnSync('timeout', ['0.5', 'strace', '-p', String(sleeper.pid)], { encoding: 'utf8' });
  sleeper.kill('SIGKILL');
  return /attached/.test(attach.stderr) ? undefined : `strace may not attach to a process: ${attach.stderr.trim()}`;
}

/** Runs strace on a process that is already running. */
export class Strace {
  private constructor(
    private readonly child: ChildProcess,
    private readonly outputFile: string,
  ) {}

  static async attach(pid: number, outputFile: string, ...options: readonly string[]): Promise<Strace> {
    const child = spawn('strace', ['-f', '-ttt', '-T', '-o', outputFile, ...options, '-p', String(pid)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    await waitFor('strace has attached', () => {
      // It may have attached and exited already, if the injected fault ended the process at once.
      if (said.includes('attached')) return true;
      if (child.exitCode !== null) throw new Error(`strace ended: ${said}`);
      return false;
    });
    return new Strace(child, outputFile);
  }

  /** Returns the time at which each successful sync returned, in milliseconds since 1970, in order. */
  syncsDone(): readonly number[] {
    const lines = readFileSync(this.outputFile, 'utf8').split('\n');
    return lines.flatMap((line) => {
      // `7 1795.001 fdatasync(21) = 0 <0.0002>`, or the second half of a call whose output was interrupted by others.
      const found = /^\d+ +([\d.]+) (<\.\.\. )?f(?:data)?sync.* = 0 <([\d.]+)>/.exec(line);
      if (!found) return [];
      const [, time, isSecondHalf, seconds] = found;
      return [(Number(time) + (isSecondHalf === undefined ? Number(seconds) : 0)) * 1000];
    });
  }

  async detach(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGINT');
    await ended;
  }
}
