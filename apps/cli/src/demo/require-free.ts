import { createServer, type Server } from 'node:net';
import { CliError } from '../cli-error.js';
import { holderOf, holderWords } from './port-holder.js';
import type { ProcessSpec } from './topology.js';

/** Throws an error that names each process whose port is taken, and who has it. Nothing is started before. */
export async function requireFree(processes: readonly ProcessSpec[]): Promise<void> {
  const problems: string[] = [];
  for (const { name, host, port } of processes) {
    const problem = await whyNotFree(host, port);
    if (problem !== undefined) problems.push(`${name} needs port ${port}, but ${problem}`);
  }
  if (problems.length === 0) return;
  throw new CliError(
    `${problems.join('\n  ')}\n  Nothing was started.`,
    'end the process named above (q in its terminal, if it is a demo), or let `bazaar demo --port 0` choose free ports',
  );
}

async function whyNotFree(host: string, port: number): Promise<string | undefined> {
  try {
    await close(await listen(host, port));
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES') return 'this user may not listen on it';
    if (code !== 'EADDRINUSE') return `it can't be used (${String(code)})`;
    const holder = await holderOf(port);
    return holder === undefined ? 'it is taken' : holderWords(holder);
  }
}

function listen(host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port }, () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
