import { ConfigError, ExitCode } from '#service-kit';
import { Command, CommanderError } from 'commander';
import { requireSettings } from './cli.config.js';
import { CliError } from './cli-error.js';
import { addBenchCommand } from './commands/bench.command.js';
import { addChaosCommand } from './commands/chaos.command.js';
import { addClientCommand } from './commands/client.command.js';
import { addDemoCommand } from './commands/demo.command.js';
import { addFaultCommands } from './commands/fault.commands.js';
import { addLogCommand } from './commands/log.command.js';
import { addShellCommand } from './commands/shell.command.js';
import { addStatusCommand } from './commands/status.command.js';
import { addVerifyCommand } from './commands/verify.command.js';
import { addWaitCommand } from './commands/wait.command.js';
import { write, writesSoFar } from './terminal/output.js';
import { note, paint, printJson } from './terminal/terminal.js';
import { readVersion } from './version.js';

/** Runs one command line; resolves to its exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const writesBefore = writesSoFar();
  try {
    process.exitCode = ExitCode.Done;
    await createProgram().parseAsync(withoutHelpForNobody(args), { from: 'user' });
    return process.exitCode;
  } catch (error) {
    return explain(error, args.includes('--json') && writesSoFar() === writesBefore);
  }
}

export function createProgram(): Command {
  const program = new Command('bazaar')
    .description('Stock Bazaar: a fault-tolerant stock exchange, its demo cluster and its tools')
    .version(readVersion(), '-V, --version', 'show the version')
    .showHelpAfterError('What to try: add --help to see the options and arguments.')
    .configureOutput({ writeOut: write })
    .hook('preAction', requireSettings)
    .exitOverride();
  addDemoCommand(program);
  addWaitCommand(program);
  addClientCommand(program);
  addShellCommand(program);
  addBenchCommand(program);
  addStatusCommand(program);
  addVerifyCommand(program);
  addLogCommand(program);
  addFaultCommands(program);
  addChaosCommand(program);
  return program;
}

/** Commander answers `bazaar nonsense --help` with the help of all; without these words it says that there is no such command. */
function withoutHelpForNobody(args: readonly string[]): readonly string[] {
  const name = args[0] === 'help' ? args[1] : args[0];
  const isKnown = createProgram().commands.some((command) => command.name() === name);
  return name === undefined || name.startsWith('-') || name === 'help' || isKnown ? args : [name];
}

/** Says what is wrong and what to try; to whoever asked for JSON, as JSON too. A stack is for defects alone. */
function explain(error: unknown, asJson: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.Done : ExitCode.Usage;
  if (error instanceof CliError || error instanceof ConfigError) {
    const hint = error instanceof CliError ? error.hint : 'correct the settings named above, then repeat';
    note(`${paint('red', 'bazaar:', process.stderr)} ${error.message}\nWhat to try: ${hint}`);
    if (asJson) printJson({ error: { message: error.message, hint, exitCode: error.exitCode } });
    return error.exitCode;
  }
  note(`bazaar: unexpected failure: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  note('What to try: this is a defect of bazaar itself; report it with the lines above.');
  return ExitCode.Failed;
}
