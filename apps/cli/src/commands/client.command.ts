import { NetworkFailure } from '#harness';
import { ExitCode } from '#service-kit';
import type { Command } from 'commander';
import { unreachable } from '../cli-error.js';
import { isOutputGone } from '../terminal/output.js';
import { note, print, printJson } from '../terminal/terminal.js';
import { createReport, printReport } from '../verify/workload-report.js';
import { verifyRun } from '../verify/verify-run.js';
import { runShell } from '../shell/shell.js';
import { runWorkload, type WorkloadRun } from '../workload/workload.js';
import {
  DEFAULT_URL,
  durationOption,
  parseGatewayUrl,
  parseNames,
  parseProbability,
  wholeNumber,
} from './arguments.js';
import { ending } from '../ending.js';
import { addRequestCommands } from './request.commands.js';

interface ClientOptions {
  readonly url: string;
  readonly requests: number;
  readonly prob: number;
  readonly seed: number;
  readonly connections: number;
  readonly stocks?: readonly string[];
  readonly invalid: number;
  readonly timeout: number;
  readonly verbose?: boolean;
  readonly json?: boolean;
}

export function addClientCommand(program: Command): void {
  const client = program
    .command('client')
    .description(
      'run the classic workload and prove its result; or send one request; without options on a terminal: a prompt',
    )
    .option('--url <url>', 'the gateway', parseGatewayUrl, DEFAULT_URL)
    .option('--requests <n>', 'rounds: each is a lookup, perhaps followed by a trade', wholeNumber(1, 1_000_000), 100)
    .option('--prob <p>', 'probability of a trade after a lookup', parseProbability, 0.8)
    .option('--seed <n>', 'same seed, same choices', wholeNumber(0, 4_294_967_295), 0)
    .option('--connections <n>', 'requests under way at once', wholeNumber(1, 1000), 1)
    .option('--stocks <a,b>', 'trade only these', parseNames)
    .option('--invalid <p>', 'probability of a request that must be refused', parseProbability, 0)
    .addOption(durationOption('--timeout <time>', 'deadline of each request', 10_000))
    .option('--verbose', 'a line for each request')
    .option('--json', 'print one JSON document')
    .allowExcessArguments()
    .action(
      ending((options: ClientOptions) => {
        const [unknown] = client.args;
        if (unknown !== undefined)
          client.error(`error: unknown request '${unknown}': it is lookup, buy, sell or order`);
        if (isForPerson(client)) return runShell({ url: options.url, timeoutMs: options.timeout });
        return runClient(options);
      }),
    );
  addRequestCommands(client);
}

/** Whether nothing is said of the workload, and somebody sits at a terminal. */
function isForPerson(client: Command): boolean {
  const given = client.options.filter((option) => client.getOptionValueSource(option.attributeName()) === 'cli');
  return (
    given.every(({ long }) => long === '--url' || long === '--timeout') && process.stdin.isTTY && process.stdout.isTTY
  );
}

async function runClient(options: ClientOptions): Promise<number> {
  const run = await startWorkload(options);
  note(`${options.requests} rounds done, comparing ${run.ledger.kept.length} orders and the list of trades …`);
  const report = createReport(run, await verifyRun(run, options.connections));
  run.exchange.http.close();
  if (options.json === true) printJson(report);
  else printReport(report);
  if (!report.passed && options.json !== true) note('What to try: bazaar status, and the logs of the processes.');
  return report.passed ? ExitCode.Done : ExitCode.Failed;
}

async function startWorkload(options: ClientOptions): Promise<WorkloadRun> {
  const { verbose, json } = options;
  const trace = (line: string): void => {
    if (verbose === true) (json === true ? note : print)(line);
  };
  try {
    return await runWorkload({ ...options, timeoutMs: options.timeout, trace, mayGoOn: () => !isOutputGone() });
  } catch (error) {
    if (!(error instanceof NetworkFailure)) throw error;
    throw unreachable(options.url, error.message);
  }
}
