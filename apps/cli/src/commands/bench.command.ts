import { ExitCode, messageOf } from '#service-kit';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { runBench, type BenchOptions } from '../bench/bench-run.js';
import { GatewayPair } from '../bench/gateway-pair.js';
import { CliError } from '../cli-error.js';
import { requireDemo } from '../demo/control-client.js';
import { requireReady } from '../demo/readiness.js';
import { findSystem } from '../find-system.js';
import {
  createBenchReport,
  hasPassed,
  type BenchReport,
  type BenchResult,
  type BenchVariant,
} from '../bench/bench-report.js';
import { createBenchSetting, type BenchSetting } from '../bench/bench-setting.js';
import { printBench, printComparison } from '../bench/print-bench.js';
import { requireWritable, writeResults } from '../bench/result-files.js';
import { note, print, printJson } from '../terminal/terminal.js';
import { printVerification } from '../verify/verification-report.js';
import { verifySystem, type SystemVerification } from '../verify/system/verify-system.js';
import {
  DEFAULT_URL,
  durationOption,
  durationText,
  parseDuration,
  parsePath,
  parseGatewayUrl,
  parseNames,
  parseProbability,
  wholeNumber,
} from './arguments.js';
import { ending, stopOnSignal } from '../ending.js';

interface BenchCommandOptions {
  readonly url: string;
  readonly duration: number;
  readonly connections: number;
  readonly prob: number;
  readonly sweepProb?: readonly number[];
  readonly compareCache?: boolean;
  readonly killLeaderAt?: number;
  readonly verify?: boolean;
  readonly csv?: string;
  readonly html?: string;
  readonly json?: boolean;
}

export function addBenchCommand(program: Command): void {
  program
    .command('bench')
    .description('load a running system and show how fast it is: lookups, some of them followed by a trade')
    .option('--url <url>', 'the gateway', parseGatewayUrl, DEFAULT_URL)
    .addOption(durationOption('--duration <time>', 'of each run', 10_000))
    .option('--connections <n>', 'requests under way at once', wholeNumber(1, 1000), 32)
    .option('--prob <p>', 'probability of a trade after a lookup', parseProbability, 0.2)
    .addOption(
      new Option('--sweep-prob <p,q>', 'run once with each of these probabilities, and compare')
        .argParser(parseProbabilities)
        .conflicts(['prob', 'killLeaderAt']),
    )
    .addOption(
      new Option('--compare-cache', 'start two more gateways, one of them without a cache, and load each').conflicts(
        'killLeaderAt',
      ),
    )
    .option('--kill-leader-at <time>', 'kill the leader of the demo this long after the start', parseDuration)
    .option('--verify', 'prove afterwards that nothing was lost')
    .option('--csv <file>', 'write a line for each run', parsePath)
    .option('--html <file>', 'write a page with charts: latency, throughput over time, the sweep', parsePath)
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nA leader that was killed is started again at the end of the run.' +
        '\nThe page of --html is one file without scripts, also written when the bench or its verification fails.' +
        '\nIn --json, throughput has the answers and the acknowledged trades of each interval of a run.',
    )
    .action(ending(runBenchCommand));
}

async function runBenchCommand(options: BenchCommandOptions): Promise<number> {
  const { duration, killLeaderAt } = options;
  if (killLeaderAt !== undefined && killLeaderAt >= duration)
    throw new CliError('the leader would be killed after the end', 'a longer --duration', ExitCode.Usage);
  requireWritable(options);
  const setting = createBenchSetting(process.argv.slice(2), optionsInWords(options));
  const reports: BenchReport[] = [];
  const verification = await measure(options, reports).catch((error: unknown) => {
    // What was measured before is worth keeping, and the first failure is the one to tell.
    tryToWrite(options, { reports, verification: null, failure: messageOf(error) }, setting);
    throw error;
  });
  const result = { reports, verification, failure: null };
  const passed = hasPassed(result);
  if (options.json === true) printJson({ passed, runs: reports, verification });
  else printAll(reports, verification);
  writeResults(options, result, setting);
  return passed ? ExitCode.Done : ExitCode.Failed;
}

/** Makes all runs, then verifies the system if that was asked for. A report is added as soon as its run is over. */
async function measure(options: BenchCommandOptions, reports: BenchReport[]): Promise<SystemVerification | null> {
  const port = Number(new URL(options.url).port || 80);
  const demo = options.killLeaderAt === undefined ? undefined : await requireDemo(port);
  await runAll(options, port, reports);
  const system = await findSystem(port);
  if (demo !== undefined) await requireReady(demo, system);
  return options.verify === true ? verifySystem(system, note) : null;
}

function tryToWrite(options: BenchCommandOptions, result: BenchResult, setting: BenchSetting): void {
  try {
    writeResults(options, result, setting);
  } catch (error) {
    note(messageOf(error));
  }
}

/** Every combination of probability and cache that was asked for, one after the other. */
async function runAll(options: BenchCommandOptions, port: number, reports: BenchReport[]): Promise<void> {
  const signal = stopOnSignal('stopping: what was measured so far is shown …');
  const pair = options.compareCache === true ? await GatewayPair.start(await findSystem(port)) : undefined;
  const gateways: readonly (readonly [BenchVariant['cache'], string])[] =
    pair === undefined
      ? [['as configured', options.url]]
      : [
          ['on', pair.withCache],
          ['off', pair.withoutCache],
        ];
  try {
    for (const prob of options.sweepProb ?? [options.prob]) {
      for (const [cache, url] of gateways) {
        if (signal.aborted) return;
        note(
          `${options.duration / 1000} s with ${options.connections} connections, trade probability ${prob}, cache ${cache}`,
        );
        reports.push(createBenchReport({ cache, prob }, await runBench(benchOptions(options, url, prob, signal))));
      }
    }
  } finally {
    await pair?.close();
  }
}

function benchOptions(
  { duration, connections, killLeaderAt, verify }: BenchCommandOptions,
  url: string,
  prob: number,
  signal: AbortSignal,
): BenchOptions {
  return {
    url,
    durationMs: duration,
    connections,
    prob,
    ...(killLeaderAt !== undefined && { killLeaderAtMs: killLeaderAt }),
    verify: verify === true,
    signal,
    tell: note,
  };
}

function printAll(reports: readonly BenchReport[], verification: SystemVerification | null): void {
  const [only, ...others] = reports;
  if (only !== undefined && others.length === 0) printBench(only);
  else printComparison(reports);
  if (verification === null) return;
  print('');
  printVerification(verification);
}

function optionsInWords(options: BenchCommandOptions): BenchSetting['options'] {
  const { url, duration, connections, prob, sweepProb, compareCache, killLeaderAt, verify } = options;
  return [
    ['gateway', compareCache === true ? `two of the bench's own, beside ${url}` : url],
    ['duration of each run', durationText(duration)],
    ['connections', String(connections)],
    ['trade probability', (sweepProb ?? [prob]).join(', ')],
    ['cache', compareCache === true ? 'on and off' : 'as configured'],
    ...(killLeaderAt === undefined ? [] : [['leader killed after', durationText(killLeaderAt)] as const]),
    ['verification afterwards', verify === true ? 'yes' : 'no'],
  ];
}

function parseProbabilities(text: string): readonly number[] {
  const values = parseNames(text).map(parseProbability);
  if (new Set(values).size < values.length) throw new InvalidArgumentError('Give each probability once.');
  return values;
}
