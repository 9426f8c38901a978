import type { Command } from 'commander';
import { ending } from '../ending.js';
import { runShell } from '../shell/shell.js';
import { DEFAULT_URL, durationOption, parseGatewayUrl } from './arguments.js';

export function addShellCommand(program: Command): void {
  program
    .command('shell')
    .description('look up and trade at a prompt, with history and completion')
    .option('--url <url>', 'the gateway', parseGatewayUrl, DEFAULT_URL)
    .addOption(durationOption('--timeout <time>', 'deadline of each request', 10_000))
    .action(
      ending(({ url, timeout }: { readonly url: string; readonly timeout: number }) =>
        runShell({ url, timeoutMs: timeout }),
      ),
    );
}
