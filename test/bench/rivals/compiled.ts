import { join } from 'node:path';
import { ROOT } from '#harness';

const COMPILED = join(ROOT, 'dist', 'test', 'bench');

/** Scripts of the benches that run as processes of their own. */
export const BARE_SERVER = join(COMPILED, 'bare-server.js');
export const PROGRAM = join(COMPILED, 'rivals', 'program.process.js');
