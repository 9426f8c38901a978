import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '#harness';

const BAZAAR = join(ROOT, 'bin', 'bazaar.js');

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process with its output so far. */
export interface Started {
  readonly child: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  readonly finished: Promise<Finished>;
}

/** Starts `bazaar` with these arguments, as a person would. */
export function startBazaar(args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
  return startNode([BAZAAR, ...args], env);
}

/** Runs `bazaar` to its end. */
export function bazaar(...args: readonly string[]): Promise<Finished> {
  return startBazaar(args).finished;
}

function startNode(args: readonly string[], env: Readonly<Record<string, string>>): Started {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const finished = new Promise<Finished>((resolve) => {
    child.once('close', (code) => resolve({ code, ...output }));
  });
  return { child, output, finished };
}
