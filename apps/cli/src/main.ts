import { run } from './program.js';
import { finishOutput, watchOutput } from './report/output.js';

watchOutput();

// Connections to processes that hang must not keep us; output that is on its way does.
process.exit(await finishOutput(await run(process.argv.slice(2))));
