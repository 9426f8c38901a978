import { ExitCode } from '@stock-bazaar/contracts';
import type { Command } from 'commander';
import { tellDemo } from '../demo/control-client.js';
import type { Action } from '../demo/controls.js';
import { note } from '../report/terminal.js';
import { DEFAULT_PORT, wholeNumber } from './arguments.js';
import { ending } from './ending.js';

const WHAT: Record<Action, string> = {
  kill: 'kill a process of the running demo with kill -9',
  pause: 'freeze a process of the running demo',
  resume: 'let a frozen process go on',
  restart: 'stop a process of the running demo, if it runs, and start it',
};

/** `bazaar kill`, `pause`, `resume`, `restart`: faults by hand on a running demo. */
export function addFaultCommands(program: Command): void {
  for (const action of Object.keys(WHAT) as Action[]) {
    program
      .command(action)
      .description(WHAT[action])
      .argument(
        '<id>',
        `order-3 or 3 for short, catalog-1, frontend-1, or ${action === 'restart' ? 'leader or dead' : 'leader'}`,
      )
      .option('--port <n>', 'of the demo’s first gateway', wholeNumber(1, 65_535), DEFAULT_PORT)
      .action(
        ending(async (target: string, { port }: { readonly port: number }) => {
          note(await tellDemo(port, { action, target }));
          return ExitCode.Done;
        }),
      );
  }
}
