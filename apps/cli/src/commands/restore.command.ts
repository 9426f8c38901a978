import { ExitCode } from '@stock-bazaar/contracts';
import type { Command } from 'commander';
import { findSystem, ADDRESSES_HELP } from '../find-system.js';
import { note, print, printJson } from '../report/terminal.js';
import { restoreCatalog } from '../restore/restore-catalog.js';
import { DEFAULT_PORT, wholeNumber } from './arguments.js';
import { ending } from './ending.js';

interface RestoreOptions {
  readonly json?: boolean;
  readonly port: number;
}

export function addRestoreCommand(program: Command): void {
  program
    .command('restore-catalog')
    .description('rebuild a catalog that has forgotten trades, from its first stocks and the recorded trades')
    .option('--json', 'print one JSON document')
    .option('--port <n>', 'of the demo to ask for its addresses', wholeNumber(1, 65_535), DEFAULT_PORT)
    .addHelpText('after', ADDRESSES_HELP)
    .action(ending(runRestore));
}

async function runRestore({ json, port }: RestoreOptions): Promise<number> {
  const done = await restoreCatalog(await findSystem(port), note);
  if (json === true) printJson(done);
  else if (done.restored === 0) print(`the catalog lacks nothing: it has all ${done.lastNumber} trades on record`);
  else {
    print(`restored ${done.restored} trades; the catalog has all ${done.lastNumber} on record, and trading goes on`);
    note('Refusals are on no record, so they are lost: a key that was refused before may be tried again.');
  }
  return ExitCode.Done;
}
