import { ConfigError, ExitCode } from '@stock-bazaar/contracts';
import { Command, CommanderError } from 'commander';
import { CliError } from './cli-error.js';
import { addBenchCommand } from './commands/bench.command.js';
import { addChaosCommand } from './commands/chaos.command.js';
import { addClientCommand } from './commands/client.command.js';
import { addDemoCommand } from './commands/demo.command.js';
import { addFaultCommands } from './commands/fault.commands.js';
import { addLogCommand } from './commands/log.command.js';
import { addRestoreCommand } from './commands/restore.command.js';
import { addStatusCommand } from './commands/status.command.js';
import { addVerifyCommand } from './commands/verify.command.js';
import { addWaitCommand } from './commands/wait.command.js';
import { write } from './report/output.js';
import { note, paint } from './report/terminal.js';

/** Runs one command line; resolves to its exit code. */
export async function run(args: readonly string[]): Promise<number> {
  try {
    process.exitCode = ExitCode.Done;
    await createProgram().parseAsync(args, { from: 'user' });
    return process.exitCode;
  } catch (error) {
    return explain(error);
  }
}

export function createProgram(): Command {
  const program = new Command('bazaar')
    .description('Stock Bazaar: a fault-tolerant stock exchange, its demo cluster and its tools')
    .showHelpAfterError('What to try: add --help to see the options and arguments.')
    .configureOutput({ writeOut: write })
    .exitOverride();
  addDemoCommand(program);
  addWaitCommand(program);
  addClientCommand(program);
  addBenchCommand(program);
  addStatusCommand(program);
  addVerifyCommand(program);
  addLogCommand(program);
  addFaultCommands(program);
  addChaosCommand(program);
  addRestoreCommand(program);
  return program;
}

/** Says what is wrong and what to try. A stack is for defects alone. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.Done : ExitCode.Usage;
  if (error instanceof CliError) {
    note(`${paint('red', 'bazaar:', process.stderr)} ${error.message}\nWhat to try: ${error.hint}`);
    return error.exitCode;
  }
  if (error instanceof ConfigError) {
    note(`${paint('red', 'bazaar:', process.stderr)} ${error.message}`);
    return error.exitCode;
  }
  note(`bazaar: unexpected failure: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  note('What to try: this is a defect of bazaar itself; report it with the lines above.');
  return ExitCode.Failed;
}
