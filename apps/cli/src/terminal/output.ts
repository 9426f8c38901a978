import { fstatSync, writeFileSync } from 'node:fs';
import { ExitCode } from '#service-kit';

let failure: NodeJS.ErrnoException | undefined;
let writes = 0;

/** Writes to stdout. A failure shows in `isOutputGone` and in `finishOutput`; what follows it is dropped. */
export function write(text: string): void {
  writes += 1;
  if (failure !== undefined) return;
  if (!isFile()) {
    process.stdout.write(text);
    return;
  }
  try {
    // Node's own stream for files takes a short write, as of a disk that becomes full, for a complete one.
    writeFileSync(process.stdout.fd, text);
  } catch (error) {
    failure = error as NodeJS.ErrnoException;
  }
}

/** How often something was written to stdout. */
export function writesSoFar(): number {
  return writes;
}

/** Whether nobody reads stdout any more, or it can't be written: a command that only ever prints may end then. */
export function isOutputGone(): boolean {
  return failure !== undefined;
}

/** Lets failing streams be noticed without ending the process. To be called before anything is written. */
export function watchOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => (failure ??= error));
  // Whoever can't be told why still gets the right exit code.
  process.stderr.on('error', () => undefined);
}

/**
 * Waits until everything is written, and resolves to the exit code of the process: the command's own, or 1 when its
 * output is incomplete. A reader that had enough, as in `bazaar log 3 | head`, is no failure.
 */
export async function finishOutput(exitCode: number): Promise<number> {
  await flushed(process.stdout);
  const isIncomplete = failure !== undefined && !isReaderGone(failure);
  if (isIncomplete) {
    process.stderr.write(
      `bazaar: the output can't be written to stdout (${failure?.message}); what is there is incomplete\n` +
        'What to try: make room, or send the output elsewhere, then repeat.\n',
    );
  }
  await flushed(process.stderr);
  return isIncomplete && exitCode === ExitCode.Done ? ExitCode.Failed : exitCode;
}

/** The other end of the pipe is closed, or the terminal is. */
function isReaderGone({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || (code === 'EIO' && process.stdout.isTTY);
}

/** Resolves when all that was written before has left the process, or never will. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}

/** A file, or a device such as /dev/full; neither a terminal nor a pipe. */
function isFile(): boolean {
  if (process.stdout.isTTY) return false;
  const stat = fstatSync(process.stdout.fd);
  return stat.isFile() || stat.isCharacterDevice();
}
