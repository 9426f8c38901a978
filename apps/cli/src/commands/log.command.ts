import { ExitCode, type NamedMember } from '#service-kit';
import type { Command } from 'commander';
import { CliError } from '../cli-error.js';
import { exchangeClientOf } from '../exchange-client.js';
import { commandWords } from '../log/command-words.js';
import { ReplicaLog, type LogExtract } from '../log/replica-log.js';
import { renderTable } from '../terminal/table.js';
import { note, print, printJson } from '../terminal/terminal.js';
import { DEFAULT_PORT, wholeNumber } from './arguments.js';
import { ending } from '../ending.js';
import { ADDRESSES_HELP, findSystem } from '../find-system.js';

interface LogOptions {
  readonly from?: number;
  readonly limit: number;
  readonly json?: boolean;
  readonly port: number;
}

export function addLogCommand(program: Command): void {
  program
    .command('log')
    .description('show the replicated log of one order replica or catalog, as it is on its disk')
    .argument('<id>', 'order-3 or 3 for short, catalog-1')
    .option(
      '--from <n>',
      'index of the first entry; the last entries without it',
      wholeNumber(1, Number.MAX_SAFE_INTEGER),
    )
    .option('--limit <n>', 'entries at most', wholeNumber(1, 1_000_000), 20)
    .option('--json', 'print one JSON document')
    .option('--port <n>', 'of the demo to ask for its addresses', wholeNumber(1, 65_535), DEFAULT_PORT)
    .addHelpText('after', ADDRESSES_HELP)
    .action(ending(runLog));
}

async function runLog(id: string, options: LogOptions): Promise<number> {
  const client = exchangeClientOf(await findSystem(options.port));
  try {
    const member = memberOf(id, client.everyMember);
    const log = new ReplicaLog(member, client);
    const extract = await log.read(options.from, options.limit);
    if (options.json === true) printJson({ ...extract, entries: extract.entries.map(withParsedCommand) });
    else printLog(member.name, extract, options.from);
    return ExitCode.Done;
  } finally {
    client.close();
  }
}

function printLog(name: string, extract: LogExtract, from: number | undefined): void {
  const { entries, firstIndex, lastIndex, commitIndex } = extract;
  const rows = entries.map(({ index, term, command, groupId }) => [
    index,
    term,
    (groupId === undefined ? commandWords(command) : `the group is born: ${groupId}`) +
      (index > commitIndex ? ' (not known to be committed)' : ''),
  ]);
  print(renderTable(['index', 'term', 'command'], rows));
  const kept = firstIndex > lastIndex ? 'keeps no entry' : `keeps the entries ${firstIndex} to ${lastIndex}`;
  note(`${name} ${kept}, and knows that all up to ${commitIndex} are committed`);
  if (firstIndex > 1 && (from ?? firstIndex) < firstIndex) {
    note(`entries before ${firstIndex} are gone: they were applied, and deleted from the log`);
  }
}

/** Of a command that has become text there are two readings; a program wants the JSON one. */
function withParsedCommand({ command, ...entry }: LogExtract['entries'][number]): object {
  return { ...entry, command: command === null ? null : (JSON.parse(command) as unknown) };
}

/** The member that a person calls `order-3`, `3` or `catalog-1`. */
function memberOf(id: string, all: readonly NamedMember[]): NamedMember {
  const name = /^\d+$/.test(id) ? `order-${id}` : id;
  const found = all.find((candidate) => candidate.name === name);
  if (found !== undefined) return found;
  throw new CliError(
    `there is no replica ${id}`,
    `choose from ${all.map((one) => one.name).join(', ')}`,
    ExitCode.Usage,
  );
}
