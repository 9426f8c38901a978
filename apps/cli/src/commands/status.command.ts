import { setTimeout as pause } from 'node:timers/promises';
import { ExitCode } from '#service-kit';
import { Option, type Command } from 'commander';
import { CliError } from '../cli-error.js';
import { findDemo } from '../demo/control-client.js';
import type { DemoInfo } from '../demo/control.messages.js';
import { ExchangeClient, type ClusterReport } from '#exchange';
import { exchangeClientOf } from '../exchange-client.js';
import { isOutputGone } from '../terminal/output.js';
import { quorumProblems, statusTable } from '../status/status-table.js';
import { note, paint, print, printJson } from '../terminal/terminal.js';
import { DEFAULT_PORT, wholeNumber } from './arguments.js';
import { ending } from '../ending.js';
import { ADDRESSES_HELP, findSystem, isConfigured } from '../find-system.js';

const ASK_TIMEOUT_MS = 1000;
const WATCH_INTERVAL_MS = 1000;
/** To the top left corner, and erase what is below. */
const CLEAR_SCREEN = '\u001b[H\u001b[J';

const ADVICE =
  'What to try: `bazaar restart ID` for what is dead, `bazaar resume ID` for what is paused, or `bazaar demo`.';

interface StatusOptions {
  readonly watch?: boolean;
  readonly json?: boolean;
  readonly port: number;
}

export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('ask each order replica and catalog for its own status; works without a leader')
    .addOption(new Option('--watch', 'again every second').conflicts('json'))
    .option('--json', 'print one JSON document')
    .option('--port <n>', 'of the demo to ask for its addresses', wholeNumber(1, 65_535), DEFAULT_PORT)
    .addHelpText('after', ADDRESSES_HELP)
    .action(ending(runStatus));
}

async function runStatus(options: StatusOptions): Promise<number> {
  const system = await findSystem(options.port).catch((error: unknown) => {
    // The document has the same members, whether there is a system or not.
    if (options.json === true && error instanceof CliError)
      printJson({ members: [], leader: null, demo: null, problems: [error.message] });
    throw error;
  });
  const monitor = exchangeClientOf(system);
  try {
    // With --watch until the user stops it, or nobody looks any more.
    while (options.watch === true && !isOutputGone()) {
      const { table, problems } = await look(monitor, options.port);
      print([(process.stdout.isTTY ? CLEAR_SCREEN : '') + table, ...problems].join('\n'));
      await pause(WATCH_INTERVAL_MS);
    }
    if (options.watch === true) return ExitCode.Done;
    const { members, leader, demo, table, problems } = await look(monitor, options.port);
    if (options.json === true) printJson({ members, leader, demo, problems });
    else print(table);
    for (const problem of problems) note(paint('red', problem, process.stderr));
    if (problems.length > 0) note(ADVICE);
    return problems.length === 0 ? ExitCode.Done : ExitCode.Unavailable;
  } finally {
    monitor.close();
  }
}

interface Look extends ClusterReport {
  readonly demo: DemoInfo | null;
  readonly table: string;
  readonly problems: readonly string[];
}

async function look(monitor: ExchangeClient, port: number): Promise<Look> {
  const [demo, report] = await Promise.all([
    isConfigured() ? undefined : findDemo(port),
    monitor.report(ASK_TIMEOUT_MS),
  ]);
  const table = statusTable(report, demo?.processes ?? []);
  return { ...report, demo: demo ?? null, table, problems: quorumProblems(report) };
}
