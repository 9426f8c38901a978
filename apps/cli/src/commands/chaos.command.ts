import { ExitCode } from '#service-kit';
import type { Command } from 'commander';
import { runChaos, type ChaosReport } from '../chaos/chaos-run.js';
import { requireDemo } from '../demo/control-client.js';
import { gatewaysOf } from '../demo/control.messages.js';
import { requireReady } from '../demo/readiness.js';
import { findSystem } from '../find-system.js';
import { note, printJson } from '../terminal/terminal.js';
import { printVerification } from '../verify/verification-report.js';
import { verifySystem } from '../verify/system/verify-system.js';
import { loadWords, SteadyLoad, type LoadReport } from '../workload/steady-load.js';
import { DEFAULT_PORT, durationOption, durationText, wholeNumber } from './arguments.js';
import { ending, stopOnSignal } from '../ending.js';

const LARGEST_SEED = 4_294_967_295;

interface ChaosCommandOptions {
  readonly duration: number;
  readonly seed?: number;
  readonly load?: boolean;
  readonly json?: boolean;
  readonly port: number;
}

export function addChaosCommand(program: Command): void {
  program
    .command('chaos')
    .description('kill, freeze and restart processes of the running demo at random, then verify that nothing was lost')
    .addOption(durationOption('--duration <time>', 'how long to inject faults', 60_000))
    .option('--seed <n>', 'same seed, same faults; chosen at random without it', wholeNumber(0, LARGEST_SEED))
    .option('--load', 'trade meanwhile; not needed when the demo has its load on')
    .option('--json', 'print one JSON document')
    .option('--port <n>', 'of the demo’s first gateway', wholeNumber(1, 65_535), DEFAULT_PORT)
    .action(ending(runChaosCommand));
}

async function runChaosCommand(options: ChaosCommandOptions): Promise<number> {
  const { port, duration, seed = Math.floor(Math.random() * (LARGEST_SEED + 1)), load: withLoad = false } = options;
  const demo = await requireDemo(port);
  const again = `bazaar chaos --duration ${durationText(duration)} --seed ${seed}${withLoad ? ' --load' : ''}${port === DEFAULT_PORT ? '' : ` --port ${port}`}`;
  note(`chaos for ${durationText(duration)}; again with: ${again}`);
  const load = withLoad
    ? await SteadyLoad.start(
        gatewaysOf(demo).map(({ url }) => url),
        note,
      )
    : undefined;
  const stopped = stopOnSignal('stopping: starting again what is dead or frozen …');
  const processes = demo.processes.map(({ name }) => name);
  let chaos: ChaosReport;
  let trades: LoadReport | undefined;
  try {
    const tell = (line: string): void => {
      load?.expectGap();
      note(line);
    };
    chaos = await runChaos({ port, seed, durationMs: duration, processes, tell, signal: stopped });
    await requireReady(demo, await findSystem(port));
  } finally {
    trades = await load?.stop();
  }
  note(`${chaos.faults} faults; all processes run and are ready again`);
  if (trades !== undefined) note(loadWords(trades));
  const verification = await verifySystem(await findSystem(port), note);
  if (options.json === true) printJson({ ...chaos, load: trades ?? null, verification });
  else printVerification(verification);
  return verification.passed ? ExitCode.Done : ExitCode.Failed;
}
