import { Logger, type INestApplicationContext } from '@nestjs/common';
import { ExitCode } from './exit-codes.js';
import { ignoreHangUpWithoutTerminal } from './hang-up.js';

/** How long work under way may take after SIGTERM or SIGINT, in milliseconds. */
const SHUTDOWN_LIMIT_MS = 5000;
const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * The life of one process: starts the app, and ends with the right exit code and without a stack for every expected
 * failure. An error that carries an `exitCode` is expected: configuration, an address that can't be had, or damaged data.
 */
export async function runApp(processName: string, start: () => Promise<INestApplicationContext>): Promise<void> {
  process.on('uncaughtException', (error) => exitWith(processName, error));
  ignoreHangUpWithoutTerminal();
  let received: NodeJS.Signals | undefined;
  // From the first moment on, and for every signal: where nobody listens, one would end the process at once.
  for (const signal of STOP_SIGNALS) {
    process.on(signal, () => {
      if (received === undefined) limitShutdown(signal);
      received ??= signal;
    });
  }
  try {
    const app = await start();
    // Not `close()`: a microservice's cuts its sockets first, and a leader that hears nobody can't transfer leadership.
    app.enableShutdownHooks([...STOP_SIGNALS], { useProcessExit: true });
    // One that came during the start was only noted.
    if (received !== undefined) process.kill(process.pid, received);
  } catch (error) {
    exitWith(processName, error);
  }
}

function limitShutdown(signal: string): void {
  const logger = new Logger('Process');
  logger.log(`${signal}: finishing what is under way`);
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
