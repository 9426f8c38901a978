import { unlinkSync } from 'node:fs';
import { join } from 'node:path';

/** A step of the trade protocol: the process that reaches it, what it has done by then, and what not yet. */
export type Failpoint = `${'gateway' | 'order' | 'exchange' | 'catalog'}: ${string}`;

/** Directory in which a test arms failpoints. Read once, from the environment only: no file, message or request can set it later. */
const directory = process.env['FAILPOINTS'] ?? '';

/**
 * Names a step of the trade protocol, for the test that kills a process at each of them (test/failpoints). The test
 * finds the points by reading the sources; CONTRIBUTING.md says when a new step needs more than this call.
 *
 * A file of its name in the directory FAILPOINTS arms a failpoint. The process that removes the file dies at once, as by
 * `kill -9`; of several that pass at the same time, only one does. In a process that was started without the variable, a
 * failpoint costs one comparison and never fires.
 */
export function failpoint(point: Failpoint): void {
  if (directory === '') return;
  try {
    unlinkSync(join(directory, point));
  } catch {
    return; // not armed
  }
  process.kill(process.pid, 'SIGKILL');
}

/**
 * A failpoint after sending a message in this turn of the event loop, or gathering it for the next: when the process dies, the
 * message has left and no answer has arrived.
 */
export function failpointOnceSent(point: Failpoint): void {
  if (directory === '') return;
  setImmediate(() => setImmediate(() => failpoint(point)));
}
