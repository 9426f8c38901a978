import { play, readGoldenScripts } from './golden-script.js';

// Compares all golden scripts in a folder without a test runner, so that a changed core can be tested in a separate process.
const [, , folder = ''] = process.argv;
for (const script of readGoldenScripts(folder)) {
  let trace: string;
  try {
    trace = play(script);
  } catch (error) {
    trace = String(error);
  }
  if (trace === script.text) continue;
  process.stderr.write(`golden script '${script.name}' plays differently\n`);
  process.exitCode = 1;
  break;
}
