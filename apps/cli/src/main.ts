import { Logger } from '@nestjs/common';
import { run } from './program.js';
import { finishOutput, watchOutput } from './report/output.js';
import { hasTerminal } from './report/terminal.js';

watchOutput();

// What a connection comes to is told by the command that made it, once and in its own words.
Logger.overrideLogger(false);

// The hang-up of a terminal concerns nobody who has none. Whether SIGHUP was ignored, as nohup has it, can't be asked:
// Node has set it to end the process before any of this runs.
if (!hasTerminal()) process.on('SIGHUP', () => undefined);

// Connections to processes that hang must not keep us; output that is on its way does.
process.exit(await finishOutput(await run(process.argv.slice(2))));
