import { ExitCode } from '#service-kit';
import type { Command } from 'commander';
import { CliError } from '../cli-error.js';
import { waitUntilReady } from '../status/gateway-readiness.js';
import { note, printJson } from '../terminal/terminal.js';
import { DEFAULT_URL, durationOption, parseGatewayUrl } from './arguments.js';
import { ending } from '../ending.js';

interface WaitOptions {
  readonly timeout: number;
  readonly url: string;
  readonly json?: boolean;
}

export function addWaitCommand(program: Command): void {
  program
    .command('wait')
    .description('return when the system is ready')
    .addOption(durationOption('--timeout <time>', 'give up after', 10_000))
    .option('--url <url>', 'the gateway', parseGatewayUrl, DEFAULT_URL)
    .option('--json', 'print one JSON document')
    .action(ending(runWait));
}

async function runWait({ timeout, url, json }: WaitOptions): Promise<number> {
  const startedAt = performance.now();
  const missing = await waitUntilReady(url, timeout);
  const elapsedMs = Math.round(performance.now() - startedAt);
  if (json === true) printJson({ ready: missing === undefined, missing: missing ?? null, elapsedMs });
  if (missing !== undefined) {
    throw new CliError(
      `not ready after ${timeout} ms: ${missing}`,
      '`bazaar status` shows which processes are up; a longer --timeout waits longer',
      ExitCode.Unavailable,
    );
  }
  if (json !== true) note(`ready after ${elapsedMs} ms`);
  return ExitCode.Done;
}
