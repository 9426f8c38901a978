import { availableParallelism, cpus, totalmem } from 'node:os';
import { readVersion } from '../version.js';

/** The circumstances of a bench. */
export interface BenchSetting {
  /** As it was typed. */
  readonly command: string;
  readonly startedAt: Date;
  /** Version of the program and of Node, processors, memory. */
  readonly machine: string;
  /** Option and value, in words. */
  readonly options: readonly (readonly [name: string, value: string])[];
}

/** @param args what was typed after `bazaar` */
export function createBenchSetting(args: readonly string[], options: BenchSetting['options']): BenchSetting {
  return {
    command: ['bazaar', ...args].map(quoted).join(' '),
    startedAt: new Date(),
    machine: machineWords(),
    options,
  };
}

/** As a POSIX shell would need it, so that the line can be repeated. */
export function quoted(arg: string): string {
  return /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", String.raw`'\''`)}'`;
}

function machineWords(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown';
  const memory = Math.round(totalmem() / 2 ** 30);
  return [
    `${availableParallelism()} processors (${model})`,
    `${memory} GiB of memory`,
    `${process.platform} ${process.arch}`,
    `Node ${process.version}`,
    `Stock Bazaar ${readVersion()}`,
  ].join(', ');
}
