/** Whether any standard stream is a terminal: under nohup, a service manager or cron none is. */
export function hasTerminal(): boolean {
  return [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
}

/**
 * The hang-up of a terminal concerns no process that has none. Whether SIGHUP was ignored, as nohup has it, can't be asked: Node
 * has set it to end the process before any of this runs.
 */
export function ignoreHangUpWithoutTerminal(): void {
  if (!hasTerminal()) process.on('SIGHUP', () => undefined);
}
