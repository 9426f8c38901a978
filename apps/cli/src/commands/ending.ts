/** Turns a command that resolves to its exit code into an action for commander, which knows no exit codes. */
export function ending<Args extends unknown[]>(
  run: (...args: Args) => Promise<number>,
): (...args: Args) => Promise<void> {
  return async (...args) => {
    process.exitCode = await run(...args);
  };
}
