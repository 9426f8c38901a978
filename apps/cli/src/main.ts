import { Logger } from '@nestjs/common';
import { ignoreHangUpWithoutTerminal } from '#service-kit';
import { run } from './program.js';
import { finishOutput, watchOutput } from './terminal/output.js';

watchOutput();

// What a connection comes to is told by the command that made it, once and in its own words.
Logger.overrideLogger(false);

ignoreHangUpWithoutTerminal();

// Connections to processes that hang must not keep us; output that is on its way does.
process.exit(await finishOutput(await run(process.argv.slice(2))));
