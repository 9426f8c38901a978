import { ExitCode, hasTerminal } from '#service-kit';
import { MAX_LEARNERS, VOTER_COUNTS, VOTER_COUNTS_TEXT } from '#replication';
import { InvalidArgumentError, type Command } from 'commander';
import open from 'open';
import { CliError } from '../cli-error.js';
import { announce, Demo, type DemoOptions } from '../demo/demo.js';
import { keysLine, listenForKeys, type KeyBinding } from '../demo/keys.js';
import { DEFAULT_ORDER_REPLICAS } from '../demo/topology.js';
import type { System } from '../find-system.js';
import { letGoOfTerminal, note, print } from '../terminal/terminal.js';
import { printVerification } from '../verify/verification-report.js';
import { verifySystem } from '../verify/system/verify-system.js';
import { DEFAULT_PORT, parsePath, wholeNumber } from './arguments.js';
import { aborted, ending, EndRequest } from '../ending.js';

/** SIGHUP: its terminal is gone. */
const END_SIGNALS = ['SIGINT', 'SIGTERM', ...(hasTerminal() ? (['SIGHUP'] as const) : [])] as const;

export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description('start the whole system on this machine')
    .option('--replicas <n>', `order replicas: ${VOTER_COUNTS_TEXT}`, groupSize, DEFAULT_ORDER_REPLICAS)
    .option('--catalogs <n>', 'catalogs, each with all stocks', wholeNumber(1, MAX_LEARNERS), 1)
    .option('--frontends <n>', 'gateways, each on a port of its own', wholeNumber(1, 9), 1)
    .option(
      '--port <n>',
      'port of the first gateway; 0 chooses free ports for all',
      wholeNumber(0, 65_500),
      DEFAULT_PORT,
    )
    .option('--data-dir <dir>', 'keep data and logs here; without it they are temporary', parsePath)
    .action(ending(runDemo));
}

async function runDemo(options: DemoOptions): Promise<number> {
  const end = new EndRequest();
  for (const signal of END_SIGNALS) process.on(signal, end.make);
  process.once('SIGHUP', () => process.once('exit', letGoOfTerminal));
  const demo = await Demo.prepare(options);
  const lost = new Promise<never>((_, reject) => demo.onLost(() => reject(lostError())));
  let release = (): void => undefined;
  try {
    if (!end.wanted.aborted) await Promise.race([demo.start(), aborted(end.wanted), lost]);
    if (!end.wanted.aborted) release = await serve(demo, end, lost);
    return ExitCode.Done;
  } finally {
    await demo.end(end.urgent);
    // Not before: a key that is pressed meanwhile must neither show nor become a signal.
    release();
  }
}

/** Resolves to a function that gives the terminal back, when the end is wanted. */
async function serve(demo: Demo, end: EndRequest, lost: Promise<never>): Promise<() => void> {
  await demo.printProcesses();
  print(welcome(demo.topology.url, demo.page.url));
  const bindings = keyBindings(demo);
  const terminal = process.stdin;
  const showKeys = (): void => note(keysLine(bindings));
  const listener = { quit: end.make, failed: showFailure, unknown: showKeys, ended: end.wanted };
  const release = terminal.isTTY ? listenForKeys(terminal, bindings, listener) : () => undefined;
  if (terminal.isTTY) showKeys();
  else note('Ctrl-C or SIGTERM ends it');
  try {
    await Promise.race([aborted(end.wanted), lost]);
  } catch (error) {
    release();
    throw error;
  }
  await Promise.race([demo.load.turn('off'), aborted(end.urgent)]);
  return release;
}

function keyBindings(demo: Demo): readonly KeyBinding[] {
  const tell = async (action: Parameters<Demo['controls']['perform']>[0], target: string): Promise<void> => {
    const { done, processes } = await demo.controls.perform(action, target);
    announce(done);
    if (action === 'restart') await demo.waitForRestarted(processes);
  };
  return [
    { key: 'k', what: 'kill the leader', press: () => tell('kill', 'leader') },
    { key: 'f', what: 'kill a follower', press: () => tell('kill', 'follower') },
    {
      key: 'p',
      what: 'pause or resume the leader',
      press: () => tell(demo.hasPaused() ? 'resume' : 'pause', 'leader'),
    },
    { key: 'c', what: 'kill a catalog', press: () => tell('kill', 'catalog') },
    { key: 'r', what: 'restart what is dead', press: () => tell('restart', 'dead') },
    { key: 'l', what: 'load on/off', press: () => demo.load.toggle() },
    { key: 's', what: 'status', press: () => demo.printStatus() },
    { key: 'v', what: 'verify', press: () => verify(demo.system) },
    { key: 'o', what: 'open the live page', press: () => openPage(demo.page.url) },
  ];
}

async function verify(system: System): Promise<void> {
  printVerification(await verifySystem(system, note));
}

async function openPage(url: string): Promise<void> {
  const browser = await open(url);
  // It says nothing when there is no browser, but ends at once.
  browser.once('exit', (code) => code !== 0 && note(`no browser could be started; open ${url}`));
}

function welcome(url: string, page: string): string {
  return [
    `live page and tour  ${page}`,
    `API and Swagger UI  ${url}/docs`,
    `look up a stock     curl ${url}/stocks/Ford`,
    `buy a share         npx bazaar client buy Ford 1 --url ${url}`,
    `prove all of it     npx bazaar verify --port ${new URL(url).port}`,
    `run a workload      npx bazaar client --requests 90 --url ${url}`,
  ].join('\n');
}

function showFailure(error: unknown): void {
  if (error instanceof CliError) announce(`${error.message} (try: ${error.hint})`, 'red');
  else announce(String(error), 'red');
}

function lostError(): CliError {
  return new CliError('the process that keeps the others was killed, and they with it', 'start the demo again');
}

function groupSize(text: string): number {
  const size = Number(text);
  if (!VOTER_COUNTS.includes(size)) throw new InvalidArgumentError(`There are ${VOTER_COUNTS_TEXT} order replicas.`);
  return size;
}
