import { createInterface, type Interface } from 'node:readline';
import { ExchangeApi, HttpClient, NetworkFailure } from '#harness';
import { ExitCode } from '#service-kit';
import { unreachable } from '../cli-error.js';
import { note, paint, print } from '../terminal/terminal.js';
import { isOutputGone } from '../terminal/output.js';
import { createCompleter } from './completion.js';
import { loadHistory, saveHistory } from './history.js';
import { ShellSession } from './session.js';
import { parseShellLine } from './shell-line.js';

export interface ShellOptions {
  readonly url: string;
  readonly timeoutMs: number;
}

/** The interactive client. Without a terminal it runs the lines of stdin, and its exit code tells whether all went well. */
export async function runShell({ url, timeoutMs }: ShellOptions): Promise<number> {
  const http = new HttpClient({ url, connections: 1, timeoutMs });
  const exchange = new ExchangeApi(http);
  try {
    const names = (await exchange.stocks()).map(({ name }) => name);
    const isInteractive = process.stdin.isTTY;
    if (isInteractive) note(`connected to ${url}; help lists the commands, Tab completes`);
    const isWell = await readLines(new ShellSession(exchange, print), names, isInteractive);
    return isWell || isInteractive ? ExitCode.Done : ExitCode.Failed;
  } catch (error) {
    if (error instanceof NetworkFailure) throw unreachable(url, error.message);
    throw error;
  } finally {
    http.close();
  }
}

async function readLines(session: ShellSession, names: readonly string[], isInteractive: boolean): Promise<boolean> {
  const lines = createInterface({
    input: process.stdin,
    ...(isInteractive && { output: process.stdout, history: [...loadHistory()] }),
    completer: (line: string) => [...createCompleter(() => names)(line)] as [string[], string],
    prompt: paint('bold', 'bazaar> '),
  });
  let history: readonly string[] | undefined;
  lines.on('history', (kept: string[]) => (history = kept));
  const running = new Interruption(lines);
  let isWell = true;
  if (isInteractive) lines.prompt();
  for await (const line of lines) {
    if (parseShellLine(line).command === 'quit' || isOutputGone()) break;
    isWell = (await session.run(line, running.begin())) && isWell;
    running.end();
    if (isInteractive) lines.prompt();
  }
  lines.close();
  if (history) saveHistory(history);
  return isWell;
}

/** Ctrl-C: ends what is running, or drops what has been typed. */
class Interruption {
  private running: AbortController | undefined;

  constructor(lines: Interface) {
    lines.on('SIGINT', () => {
      if (this.running) this.running.abort();
      else {
        print('');
        lines.write(null, { ctrl: true, name: 'u' });
        lines.prompt();
      }
    });
  }

  begin(): AbortSignal {
    this.running = new AbortController();
    return this.running.signal;
  }

  end(): void {
    this.running = undefined;
  }
}
