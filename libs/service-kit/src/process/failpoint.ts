import { unlinkSync } from 'node:fs';
import { join } from 'node:path';

/** A step of the trade protocol: the process that is at it, and what it has done by then, and what not. */
export type Failpoint = `${'gateway' | 'order' | 'exchange' | 'catalog'}: ${string}`;

/** Where a test arms points. Read once, from the environment alone: no file, message or request can set it later. */
const directory = process.env['FAILPOINTS'] ?? '';

/**
 * Names a step of the trade protocol, for the test that kills a process at each of them (test/failpoints). The test
 * finds the points by reading the sources; CONTRIBUTING.md says when a new step needs more than this call.
 *
 * A point is armed by a file of its name in the directory FAILPOINTS. The process that removes the file dies on the
 * spot, as by `kill -9`; of several that pass at the same time only one does. In a process that was started without the
 * variable this is one comparison, and nobody ever dies here.
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
 * The same for a message that is sent in the turn of the event loop in which this is called, or gathered then and sent in
 * the next: it has left when the process dies, and no answer has come.
 */
export function failpointOnceSent(point: Failpoint): void {
  if (directory === '') return;
  setImmediate(() => setImmediate(() => failpoint(point)));
}
