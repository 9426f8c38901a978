import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { isRecord } from '#harness';
import { ExitCode } from '#service-kit';
import { CliError } from '../cli-error.js';
import { createPrivateDirectory } from './private-directory.js';
import type { Controls } from './controls.js';
import { ACTIONS, type ControlAnswer, type ControlRequest, type DemoInfo } from './control.messages.js';

const IDLE_LIMIT_MS = 30_000;
const WRONG_REQUEST = new CliError('this request is not understood', 'use the same version of bazaar as the demo');

/** Lets `bazaar kill`, `status` and the like reach a running demo: one JSON line in, one out. */
export class ControlServer {
  private readonly server: Server;

  constructor(
    private readonly path: string,
    private readonly controls: Pick<Controls, 'perform'>,
    private readonly info: () => DemoInfo,
    private readonly announce: (what: string) => void,
  ) {
    this.server = createServer((socket) => this.serve(socket));
  }

  listen(): Promise<void> {
    // Another demo that ends removes the directory when it finds it empty.
    createPrivateDirectory();
    // The gateway's port was free, so no demo can be behind a socket of that name.
    rmSync(this.path, { force: true });
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.path, () => {
        chmodSync(this.path, 0o600);
        resolve();
      });
    });
  }

  close(): void {
    this.server.close();
  }

  private serve(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    socket.setTimeout(IDLE_LIMIT_MS, () => socket.destroy());
    createInterface({ input: socket }).on('line', (line) => {
      void this.answer(line).then((answer) => socket.end(`${JSON.stringify(answer)}\n`));
    });
  }

  private async answer(line: string): Promise<ControlAnswer> {
    try {
      const request = readRequest(line);
      if (request.action === 'list') return { list: this.info() };
      const action = await this.controls.perform(request.action, request.target);
      this.announce(action.done);
      return action;
    } catch (error) {
      if (error instanceof CliError) return { failed: error.message, hint: error.hint, exitCode: error.exitCode };
      return { failed: String(error), hint: 'look at the terminal of the demo', exitCode: ExitCode.Failed };
    }
  }
}

function readRequest(line: string): ControlRequest {
  let request: unknown;
  try {
    request = JSON.parse(line);
  } catch {
    throw WRONG_REQUEST;
  }
  if (!isRecord(request)) throw WRONG_REQUEST;
  if (request['action'] === 'list') return { action: 'list' };
  const action = ACTIONS.find((known) => known === request['action']);
  if (action === undefined || typeof request['target'] !== 'string') throw WRONG_REQUEST;
  return { action, target: request['target'] };
}
