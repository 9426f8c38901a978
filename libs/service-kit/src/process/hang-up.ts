/** Reports whether any standard stream is a terminal. Under nohup, a service manager or cron none is. */
export function hasTerminal(): boolean {
  return [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
}

/**
 * Ignores SIGHUP in a process without a terminal. It is impossible to ask whether SIGHUP was ignored before, as under nohup: Node
 * has reset it before any of this code runs.
 */
export function ignoreHangUpWithoutTerminal(): void {
  if (!hasTerminal()) process.on('SIGHUP', () => undefined);
}
