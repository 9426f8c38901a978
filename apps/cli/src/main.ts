import { ExitCode } from '@stock-bazaar/contracts';
import { run } from './program.js';

// `bazaar status | head` closes our output early; that is no failure.
process.stdout.on('error', () => process.exit(ExitCode.Done));

// Connections to processes that hang must not keep us.
process.exit(await run(process.argv.slice(2)));
