import { createConnection } from 'node:net';
import { ExitCode } from '#service-kit';
import { CliError } from '../cli-error.js';
import {
  controlPath,
  demoPorts,
  type ActionDone,
  type ControlAnswer,
  type ControlRequest,
  type DemoInfo,
} from './control.messages.js';
import { holderOf, holderWords } from './port-holder.js';
import { isPrivateDirectory, ownUid } from './private-directory.js';

/** A restart may take as long as a process takes to stop. */
const ANSWER_LIMIT_MS = 15_000;

/** Asks the demo with this gateway port to do something; resolves to what it did. */
export async function tellDemo(
  port: number,
  request: Exclude<ControlRequest, { action: 'list' }>,
): Promise<ActionDone> {
  const answer = await ask(port, request);
  if (answer === undefined) throw await noDemo(port);
  if ('failed' in answer) throw new CliError(answer.failed, answer.hint, answer.exitCode);
  if ('done' in answer) return answer;
  throw stuck(port);
}

/** Asks the demo with this gateway port for its description; undefined when there is none. */
export async function findDemo(port: number): Promise<DemoInfo | undefined> {
  const answer = await ask(port, { action: 'list' });
  return answer !== undefined && 'list' in answer ? answer.list : undefined;
}

/** The same, for commands that can do nothing without one. */
export async function requireDemo(port: number): Promise<DemoInfo> {
  const demo = await findDemo(port);
  if (demo === undefined) throw await noDemo(port);
  return demo;
}

/** Why, and where there is one instead. */
export async function noDemo(port: number): Promise<CliError> {
  const others: number[] = [];
  for (const other of demoPorts()) if ((await findDemo(other)) !== undefined) others.push(other);
  const holder = await holderOf(port);
  const isAnotherUsers = holder !== undefined && holder.uid !== ownUid();
  return new CliError(
    isAnotherUsers
      ? `no demo of yours runs with its gateway on port ${port}: ${holderWords(holder)}, and only that user controls a demo of theirs`
      : `no demo runs with its gateway on port ${port}`,
    others.length > 0 ? `name the right one: --port ${others.join(' or --port ')}` : 'start one with `bazaar demo`',
    ExitCode.Unavailable,
  );
}

/** Undefined when nobody listens. */
function ask(port: number, request: ControlRequest): Promise<ControlAnswer | undefined> {
  // A demo would not have put its socket where others can.
  if (!isPrivateDirectory()) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const socket = createConnection(controlPath(port));
    let text = '';
    socket.setEncoding('utf8');
    socket.setTimeout(ANSWER_LIMIT_MS, () => socket.destroy(stuck(port)));
    socket.on('connect', () => socket.write(`${JSON.stringify(request)}\n`));
    socket.on('data', (chunk) => (text += String(chunk)));
    socket.on('end', () => {
      if (text === '') reject(stuck(port));
      else resolve(JSON.parse(text) as ControlAnswer);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // No socket, or one that a demo left behind when it was killed.
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined);
      else reject(error instanceof CliError ? error : stuck(port));
    });
  });
}

function stuck(port: number): CliError {
  return new CliError(
    `the demo on port ${port} gives no answer`,
    'look at its terminal; it may be paused or ending',
    ExitCode.Unavailable,
  );
}
