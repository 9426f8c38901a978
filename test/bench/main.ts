import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { BENCHES } from './benches.js';
import { formatTable } from './report.js';

const USAGE = `usage: npm run bench -- NAME [options] [--json]
${BENCHES.map(({ name, about, options }) => {
  const list = Object.entries(options).map(
    ([key, { default: value, about: what }]) => `    --${key} ${value === 'no' ? '' : value}   ${what}`,
  );
  return [`  ${name}   ${about}`, ...list].join('\n');
}).join('\n')}`;

async function main(): Promise<number> {
  const [name = '', ...rest] = process.argv.slice(2);
  if (name === '--help' || rest.includes('--help')) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const bench = BENCHES.find((candidate) => candidate.name === name);
  if (!bench) throw new TypeError(name === '' ? 'which benchmark?' : `there is no benchmark ${name}`);
  const { values } = parseArgs({
    args: rest,
    options: {
      json: { type: 'boolean', default: false },
      ...Object.fromEntries(
        Object.entries(bench.options).map(([key, option]) => [
          key,
          option.default === 'no' ? { type: 'boolean' as const } : { type: 'string' as const, default: option.default },
        ]),
      ),
    },
  });
  const { json, ...texts } = values;
  const given = Object.fromEntries(
    Object.entries(texts).map(([key, value]) => [key, value === true ? 'yes' : String(value)]),
  );
  const startedAt = performance.now();
  const report = await bench.run(given, (line) => process.stderr.write(`${line}\n`));
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const machine = `${seconds} s, load of the machine at the end ${loadavg()[0]?.toFixed(1)}`;
  if (json) process.stdout.write(`${JSON.stringify({ bench: name, machine, ...report })}\n`);
  else process.stdout.write(`${formatTable(report.rows)}\n${[...report.notes, machine].join('\n')}\n`);
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  const isUsage = error instanceof TypeError;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${isUsage ? `${USAGE}\n` : ''}`);
  process.exitCode = isUsage ? 2 : 1;
}
