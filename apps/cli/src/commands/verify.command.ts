import { ExitCode } from '#service-kit';
import type { Command } from 'commander';
import { note, printJson } from '../terminal/terminal.js';
import { printVerification } from '../verify/verification-report.js';
import { verifySystem } from '../verify/system/verify-system.js';
import { DEFAULT_PORT, wholeNumber } from './arguments.js';
import { ending } from '../ending.js';
import { ADDRESSES_HELP, findSystem, type System } from '../find-system.js';

interface VerifyOptions {
  readonly json?: boolean;
  readonly port: number;
}

export function addVerifyCommand(program: Command): void {
  program
    .command('verify')
    .description('compare all order replicas and catalogs with each other, order by order; also under load')
    .option('--json', 'print one JSON document')
    .option('--port <n>', 'of the demo to ask for its addresses', wholeNumber(1, 65_535), DEFAULT_PORT)
    .addHelpText('after', ADDRESSES_HELP)
    .action(ending(async ({ port, json }: VerifyOptions) => verifyAndPrint(await findSystem(port), json === true)));
}

/** Resolves to the exit code. */
export async function verifyAndPrint(system: System, asJson: boolean): Promise<number> {
  const report = await verifySystem(system, note);
  if (asJson) printJson(report);
  else printVerification(report);
  if (report.passed) return ExitCode.Done;
  note('Nothing was changed. What to try: `bazaar log ID` shows how it came about, `bazaar status` how each one is.');
  return ExitCode.Failed;
}
