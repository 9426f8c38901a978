import { lstatSync, mkdirSync, rmdirSync, type Stats } from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExitCode, messageOf } from '#service-kit';
import { CliError } from '../cli-error.js';

/** Longest name of a socket in bytes: the length of `sun_path` without its final zero. */
const SOCKET_NAME_BYTES = platform() === 'linux' ? 107 : 103;

const ANOTHER_TMPDIR = 'TMPDIR=DIR names another directory for temporary files';

/**
 * The directory of this user's demos: their sockets, and their data unless `--data-dir` says otherwise. Nobody else can
 * get into it, so nobody else can be taken for a demo of ours, or block one; as tmux does it.
 */
export function privateDirectory(): string {
  return join(tmpdir(), `stock-bazaar-${ownUid()}`);
}

/** Creates it, unless it is there. Throws an error for people where that can't be done, or others could get into it. */
export function createPrivateDirectory(): string {
  const path = privateDirectory();
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw unusable(`can't be created (${messageOf(error)})`, ANOTHER_TMPDIR);
  }
  const stat = lstatSync(path);
  if (!stat.isDirectory()) throw unusable('is no directory', `remove it, or ${ANOTHER_TMPDIR}`);
  if (stat.uid !== ownUid()) throw unusable(`belongs to another user (uid ${stat.uid})`, ANOTHER_TMPDIR);
  if (isOpenToOthers(stat)) throw unusable('is open to other users', `chmod 700 ${path}`);
  return path;
}

/** Removes it if nothing is in it. */
export function removePrivateDirectory(): void {
  try {
    rmdirSync(privateDirectory());
  } catch {
    // Another demo of this user runs.
  }
}

/** Whether what is in it can only come from this user. */
export function isPrivateDirectory(): boolean {
  const stat = lstatSync(privateDirectory(), { throwIfNoEntry: false });
  return stat?.isDirectory() === true && stat.uid === ownUid() && !isOpenToOthers(stat);
}

/** The name of a socket in it. Throws an error for people when the system could not take it. */
export function socketName(name: string): string {
  const path = join(privateDirectory(), name);
  const bytes = Buffer.byteLength(path);
  if (bytes <= SOCKET_NAME_BYTES) return path;
  throw unusable(
    `is too long a name: a socket in it would have ${bytes} bytes, ${SOCKET_NAME_BYTES} at most are possible`,
    ANOTHER_TMPDIR.replace('another', 'a shorter'),
  );
}

export function ownUid(): number {
  return process.getuid?.() ?? 0;
}

function isOpenToOthers({ mode }: Stats): boolean {
  return platform() !== 'win32' && (mode & 0o077) !== 0;
}

function unusable(why: string, hint: string): CliError {
  return new CliError(`the directory ${privateDirectory()} ${why}. Nothing was started.`, hint, ExitCode.Usage);
}
