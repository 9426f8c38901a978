import { Logger, type INestApplicationContext } from '@nestjs/common';
import { ExitCode } from './exit-codes.js';
import { ignoreHangUpWithoutTerminal } from './hang-up.js';

/** Time limit for finishing work after SIGTERM or SIGINT, in milliseconds. */
const SHUTDOWN_LIMIT_MS = 5000;
const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Runs one process: starts the app, and for every expected failure ends with the right exit code and without a stack. An error
 * with an `exitCode` is expected: a wrong configuration, an unavailable address, or damaged data.
 */
export async function runApp(processName: string, start: () => Promise<INestApplicationContext>): Promise<void> {
  process.on('uncaughtException', (error) => exitWith(processName, error));
  ignoreHangUpWithoutTerminal();
  let received: NodeJS.Signals | undefined;
  // For every signal, from the start: a signal without a listener would end the process at once.
  for (const signal of STOP_SIGNALS) {
    process.on(signal, () => {
      if (received === undefined) limitShutdown(signal);
      received ??= signal;
    });
  }
  try {
    const app = await start();
    // Not `close()`: a microservice's closes its sockets first, and a leader that receives nothing can't transfer leadership.
    app.enableShutdownHooks([...STOP_SIGNALS], { useProcessExit: true });
    // A signal during the start was only recorded.
    if (received !== undefined) process.kill(process.pid, received);
  } catch (error) {
    exitWith(processName, error);
  }
}

function limitShutdown(signal: string): void {
  const logger = new Logger('Process');
  logger.log(`${signal}: finishing work in progress`);
  setTimeout(() => {
    logger.warn(`still busy ${SHUTDOWN_LIMIT_MS} ms after ${signal}; stopping anyway`);
    process.exit(ExitCode.Done);
  }, SHUTDOWN_LIMIT_MS).unref();
}

/** Ends the process: one readable block for an expected failure, the stack for a defect. */
export function exitWith(processName: string, error: unknown): never {
  const { exitCode } = error as { exitCode?: number };
  if (exitCode !== undefined) {
    process.stderr.write(`${processName}: ${(error as Error).message}\n`);
    process.exit(exitCode);
  }
  process.stderr.write(`${processName}: unexpected failure: ${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(ExitCode.Failed);
}
