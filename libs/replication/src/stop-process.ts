/**
 * Ends this process: for an expected failure with its `exitCode` and its message on one line of stderr, otherwise with 1 and
 * the stack.
 */
export function stopProcess(error: unknown): never {
  const { exitCode, message, stack } = error as { exitCode?: number; message?: string; stack?: string };
  const text = exitCode === undefined ? (stack ?? String(error)) : message;
  process.stderr.write(`replication: this member stops: ${text}\n`);
  process.exit(exitCode ?? 1);
}
