/**
 * Runs a program that isn't a Node script, because our keeper of processes starts nothing else. The environment variable
 * PROGRAM is its command line, a JSON list. SIGQUIT is passed on; PostgreSQL then ends at once, but frees its shared memory.
 */
import { spawn } from 'node:child_process';

const [program = '', ...args] = JSON.parse(process.env['PROGRAM'] ?? '[]') as string[];
const child = spawn(program, args, { stdio: 'inherit' });
child.once('exit', (code) => process.exit(code ?? 1));
process.on('SIGQUIT', () => child.kill('SIGQUIT'));
