import { ExitCode } from '#service-kit';
import { InvalidArgumentError, type Command } from 'commander';
import { requireDemo, tellDemo } from '../demo/control-client.js';
import type { Action } from '../demo/control.messages.js';
import { requireRestarted } from '../demo/readiness.js';
import { SETTINGS } from '../cli.config.js';
import { note } from '../terminal/terminal.js';
import { DEFAULT_PORT, wholeNumber } from './arguments.js';
import { ending } from '../ending.js';

const WHAT: Record<Action, string> = {
  kill: 'kill a process of the running demo with kill -9',
  pause: 'freeze a process of the running demo',
  resume: 'resume a frozen process',
  restart: 'stop a process of the running demo, if it runs, start it, and wait until it is ready',
};

const PROCESS = 'order-3 or 3 for short, catalog-1, frontend-1';
const TARGETS: Record<Action, string> = {
  kill: `${PROCESS}; leader; follower or catalog: one that runs`,
  pause: `${PROCESS}; leader; follower or catalog: one that runs`,
  resume: `${PROCESS}; leader, follower or catalog: whatever is frozen`,
  restart: `${PROCESS}; leader; follower or catalog: one that runs; dead: all that are`,
};

/** `bazaar kill`, `pause`, `resume`, `restart`: faults by hand on a running demo. */
export function addFaultCommands(program: Command): void {
  for (const action of Object.keys(WHAT) as Action[]) {
    program
      .command(action)
      .description(WHAT[action])
      .argument('<id>', TARGETS[action], parseTarget)
      .option('--port <n>', 'of the demo’s first gateway', wholeNumber(1, 65_535), DEFAULT_PORT)
      .action(
        ending(async (target: string, { port }: { readonly port: number }) => {
          const { done, processes } = await tellDemo(port, { action, target });
          note(done);
          if (action === 'restart') await waitForRestarted(port, processes);
          return ExitCode.Done;
        }),
      );
  }
}

async function waitForRestarted(port: number, processes: readonly string[]): Promise<void> {
  const startedAt = performance.now();
  const { orderReplicas: order, catalogReplicas: catalog } = await requireDemo(port);
  const system = { order, catalog, clusterToken: SETTINGS.clusterToken };
  const missing = await requireRestarted(processes, () => requireDemo(port), system);
  if (missing.length > 0) note(`it runs, and the system is not ready yet:\n  ${missing.join('\n  ')}`);
  else note(`ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}

/** Refuses a name that no demo can have, before a demo is asked. */
function parseTarget(text: string): string {
  if (/^((order|catalog|frontend)-)?\d+$|^(leader|follower|catalog|dead)$/.test(text)) return text;
  throw new InvalidArgumentError(
    'Give a process such as order-3, catalog-1 or frontend-1, or leader, follower or catalog.',
  );
}
