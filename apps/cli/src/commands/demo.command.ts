import { once } from 'node:events';
import { ExitCode } from '@stock-bazaar/contracts';
import { InvalidArgumentError, type Command } from 'commander';
import { CliError } from '../cli-error.js';
import { announce, Demo, type DemoOptions } from '../demo/demo.js';
import { LoadSwitch } from '../demo/load-switch.js';
import { keysLine, listenForKeys, type KeyBinding } from '../demo/keys.js';
import { DEFAULT_ORDER_REPLICAS } from '../demo/topology.js';
import type { System } from '../find-system.js';
import { note, print } from '../report/terminal.js';
import { printVerification } from '../report/verification-report.js';
import { verifySystem } from '../verify/system/verify-system.js';
import { DEFAULT_PORT, wholeNumber } from './arguments.js';
import { ending } from './ending.js';

export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description('start the whole system on this machine')
    .option('--replicas <n>', 'members of the order group: 1, 3 or 5', groupSize, DEFAULT_ORDER_REPLICAS)
    .option('--catalog-replicas <n>', 'members of the catalog group: 1, 3 or 5', groupSize, 1)
    .option('--frontends <n>', 'gateways, each on a port of its own', wholeNumber(1, 9), 1)
    .option(
      '--port <n>',
      'port of the first gateway; 0 chooses free ports for all',
      wholeNumber(0, 65_500),
      DEFAULT_PORT,
    )
    .option('--data-dir <dir>', 'keep the data here; temporary without it')
    .action(ending(runDemo));
}

async function runDemo(options: DemoOptions): Promise<number> {
  const demo = await Demo.prepare(options);
  const ended = new AbortController();
  const quit = (): void => {
    // The second time it is meant seriously.
    if (ended.signal.aborted) void demo.end();
    ended.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, quit);
  const lost = new Promise<never>((_, reject) => demo.onLost(() => reject(lostError())));
  try {
    const quitEarly = once(ended.signal, 'abort');
    await Promise.race([demo.start(), quitEarly, lost]);
    if (!ended.signal.aborted) await serve(demo, ended, lost, quit);
    return ExitCode.Done;
  } finally {
    await demo.end();
  }
}

async function serve(demo: Demo, ended: AbortController, lost: Promise<never>, quit: () => void): Promise<void> {
  await demo.printProcesses();
  print(welcome(demo.topology.url));
  const load = new LoadSwitch(() => demo.gateways.map(({ url }) => url), announce);
  const bindings = keyBindings(demo, load);
  const terminal = process.stdin;
  const showKeys = (): void => note(keysLine(bindings));
  const release = terminal.isTTY ? listenForKeys(terminal, bindings, quit, showFailure, showKeys) : () => undefined;
  if (terminal.isTTY) showKeys();
  else note('Ctrl-C or SIGTERM ends it');
  try {
    if (!ended.signal.aborted) await Promise.race([once(ended.signal, 'abort'), lost]);
  } finally {
    release();
    await load.off();
  }
}

function keyBindings(demo: Demo, load: LoadSwitch): readonly KeyBinding[] {
  const tell = async (action: Parameters<Demo['controls']['perform']>[0], target: string): Promise<void> => {
    announce(await demo.controls.perform(action, target));
  };
  return [
    { key: 'k', what: 'kill the leader', press: () => tell('kill', 'leader') },
    { key: 'f', what: 'kill a follower', press: () => tell('kill', 'follower') },
    {
      key: 'p',
      what: 'pause or resume the leader',
      press: () => tell(demo.hasPaused() ? 'resume' : 'pause', 'leader'),
    },
    { key: 'r', what: 'restart what is dead', press: () => tell('restart', 'dead') },
    { key: 'l', what: 'load on/off', press: () => load.toggle() },
    { key: 's', what: 'status', press: () => demo.printStatus() },
    { key: 'v', what: 'verify', press: () => verify(demo.system) },
  ];
}

async function verify(system: System): Promise<void> {
  printVerification(await verifySystem(system, note));
}

function welcome(url: string): string {
  return [
    `API and Swagger UI   ${url}/docs`,
    `look up a stock      curl ${url}/stocks/GameStart`,
    `buy a share          curl -X POST ${url}/orders -H 'content-type: application/json' -d '{"name":"GameStart","type":"buy","quantity":1}'`,
    `prove all of it      npx bazaar verify --port ${new URL(url).port}`,
    `run a workload       npx bazaar client --url ${url} --requests 1000 --connections 8`,
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
  if (![1, 3, 5].includes(size)) throw new InvalidArgumentError('A group has 1, 3 or 5 members.');
  return size;
}
