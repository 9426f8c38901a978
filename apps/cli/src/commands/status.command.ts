import { setTimeout as pause } from 'node:timers/promises';
import { ExitCode, loadConfig, ProcessConfig, type Member } from '@stock-bazaar/contracts';
import type { Command } from 'commander';
import { findDemo } from '../demo/control-client.js';
import { GroupMonitor, type GroupReport } from '../report/cluster-status.js';
import { quorumProblems, statusTable } from '../report/status-table.js';
import { note, paint, print, printJson } from '../report/terminal.js';
import { DEFAULT_PORT, wholeNumber } from './arguments.js';
import { ending } from './ending.js';

const ASK_TIMEOUT_MS = 1000;
const WATCH_INTERVAL_MS = 1000;
/** To the top left corner, and erase what is below. */
const CLEAR_SCREEN = '\u001b[H\u001b[J';

interface StatusOptions {
  readonly watch?: boolean;
  readonly json?: boolean;
  readonly port: number;
}

export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('ask each replica itself how it is; works without a leader')
    .option('--watch', 'again every second')
    .option('--json', 'print one JSON document')
    .option('--port <n>', 'of the demo to ask for its addresses', wholeNumber(1, 65_535), DEFAULT_PORT)
    .addHelpText('after', '\nAddresses: ORDER_REPLICAS and CATALOG_REPLICAS, else the running demo, else the defaults.')
    .action(ending(runStatus));
}

async function runStatus(options: StatusOptions): Promise<number> {
  const { order, catalog, clusterToken } = await findGroups(options.port);
  const monitors = [new GroupMonitor('order', order, clusterToken), new GroupMonitor('catalog', catalog, clusterToken)];
  const ask = (): Promise<readonly GroupReport[]> => Promise.all(monitors.map((group) => group.ask(ASK_TIMEOUT_MS)));
  // With --watch until the user stops it.
  while (options.watch === true && options.json !== true) {
    const groups = await ask();
    print((process.stdout.isTTY ? CLEAR_SCREEN : '') + statusTable(groups));
    print(quorumProblems(groups).join('\n'));
    await pause(WATCH_INTERVAL_MS);
  }
  const groups = await ask();
  for (const monitor of monitors) monitor.close();
  const problems = quorumProblems(groups);
  if (options.json === true) printJson({ groups, problems });
  else print(statusTable(groups));
  for (const problem of problems) note(paint('red', problem, process.stderr));
  if (problems.length > 0)
    note('What to try: `bazaar restart ID` for what is dead, `bazaar resume ID` for what is paused, or `bazaar demo`.');
  return problems.length === 0 ? ExitCode.Done : ExitCode.Unavailable;
}

interface Groups {
  readonly order: readonly Member[];
  readonly catalog: readonly Member[];
  readonly clusterToken: string | undefined;
}

async function findGroups(port: number): Promise<Groups> {
  const { orderReplicas, catalogReplicas, clusterToken } = loadConfig(ProcessConfig);
  const isConfigured = process.env['ORDER_REPLICAS'] !== undefined || process.env['CATALOG_REPLICAS'] !== undefined;
  const demo = isConfigured ? undefined : await findDemo(port);
  return {
    order: demo?.orderReplicas ?? orderReplicas,
    catalog: demo?.catalogReplicas ?? catalogReplicas,
    clusterToken,
  };
}
