import { appendFileSync, realpathSync, writeFileSync } from 'node:fs';
import { ExitCode, messageOf } from '#service-kit';
import { CliError } from '../cli-error.js';
import { toCsv } from './bench-tables.js';
import type { BenchResult } from './bench-report.js';
import type { BenchSetting } from './bench-setting.js';
import { benchPage } from './html/page.js';

/** Paths of the files that a bench writes. */
export interface ResultFiles {
  readonly csv?: string;
  readonly html?: string;
}

/** A file that can't be written should be known before the time is spent. */
export function requireWritable({ csv, html }: ResultFiles): void {
  withFile('--csv', csv, (file) => appendFileSync(file, ''));
  withFile('--html', html, (file) => appendFileSync(file, ''));
  // Both exist now, so links can be followed.
  if (csv !== undefined && html !== undefined && realpathSync(csv) === realpathSync(html))
    throw new CliError('--csv and --html name the same file', 'another path for one of them', ExitCode.Usage);
}

export function writeResults({ csv, html }: ResultFiles, result: BenchResult, setting: BenchSetting): void {
  withFile('--csv', csv, (file) => writeFileSync(file, toCsv(result.reports)));
  withFile('--html', html, (file) => writeFileSync(file, benchPage(result, setting)));
}

function withFile(option: string, file: string | undefined, write: (file: string) => void): void {
  if (file === undefined) return;
  try {
    write(file);
  } catch (error) {
    throw new CliError(`${option}: the file can't be written (${messageOf(error)})`, 'another path', ExitCode.Usage);
  }
}
