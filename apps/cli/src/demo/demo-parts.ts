import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname, join } from 'node:path';
import { ExitCode, messageOf } from '#service-kit';
import Database from 'better-sqlite3';
import { SETTINGS } from '../cli.config.js';
import { CliError } from '../cli-error.js';
import { votersOf, type ClusterReport } from '#exchange';
import { note } from '../terminal/terminal.js';

const LOOPBACK = '127.0.0.1';

/** Throws an error for people when the database can't be loaded: every member would fail with a stack of its own. */
export function requireNativeModule(): void {
  try {
    new Database(':memory:').close();
  } catch (error) {
    throw new CliError(
      `the module better-sqlite3 can't be loaded by Node ${process.version} (${messageOf(error).replace(/\s+/g, ' ')}). Nothing was started.`,
      '`npm rebuild better-sqlite3` with this very Node, or `npm ci`, then repeat',
    );
  }
}

/** Where the gateways listen. A shell's own `HOST`, the name of the machine say, is not meant for them. */
export function gatewayHost(): string {
  const { host = LOOPBACK } = SETTINGS;
  if (isIP(host) !== 0) return host;
  if (host !== 'localhost') note(`HOST is "${host}", which is no IP address: the gateways listen on ${LOOPBACK}`);
  return LOOPBACK;
}

/** Creates the directory of all data and logs, unless it is there. Throws an error for people when it is of no use. */
export function createDataDirectory(path: string): void {
  const logs = join(path, 'logs');
  try {
    createDirectory(logs);
    for (const directory of [path, logs]) accessSync(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new CliError(
      `the data directory ${path} can't be used (${messageOf(error)}). Nothing was started.`,
      'another --data-dir, one that you may write to',
      ExitCode.Usage,
    );
  }
}

/** Creates a directory and those above it. Node's `recursive` never returns where a parent exists and takes none, as /proc. */
function createDirectory(path: string): void {
  if (existsSync(path) && statSync(path).isDirectory()) return;
  if (!existsSync(dirname(path))) createDirectory(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

/** Says so when another order replica will soon lead than now, by preference; undefined when it will not. */
export function transferWords(report: ClusterReport): string | undefined {
  const { leader } = report;
  const up = votersOf(report).filter(({ status }) => status !== null);
  const highest = up.sort((a, b) => b.id - a.id)[0];
  if (leader === null || highest === undefined || highest.id === leader.id) return undefined;
  return `${leader.process} leads for now; within seconds it transfers leadership to ${highest.process}, as PREFER_HIGHEST_ID has it`;
}
