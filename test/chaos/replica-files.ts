import Database from 'better-sqlite3';
import type { RecordedOrder } from './history-faults.js';

/** What a replica that does not run has on its disk. */
export interface ReplicaFile {
  readonly name: string;
  /** Every order, with every column, as text: to be compared byte for byte. */
  readonly orders: readonly string[];
  readonly recorded: readonly RecordedOrder[];
  /** The log as far as it is kept, by index, with terms and checksums. */
  readonly log: ReadonlyMap<number, string>;
}

export function readReplica(name: string, file: string): ReplicaFile {
  const db = new Database(file, { readonly: true });
  try {
    const recorded = db.prepare('SELECT * FROM orders ORDER BY number').all() as RecordedOrder[];
    const entries = db.prepare('SELECT * FROM log ORDER BY idx').all() as { idx: number }[];
    return {
      name,
      recorded,
      orders: recorded.map((order) => JSON.stringify(order)),
      log: new Map(entries.map((entry) => [entry.idx, JSON.stringify(entry)])),
    };
  } finally {
    db.close();
  }
}

/** Where the replicas differ: in any order, or anywhere in the part of the log that all have kept. */
export function differences([first, ...others]: readonly ReplicaFile[]): readonly string[] {
  if (!first) return [];
  return others.flatMap((other) => {
    const length = Math.max(first.orders.length, other.orders.length);
    const order = Array.from({ length }, (_, i) => i).find((i) => first.orders[i] !== other.orders[i]);
    const common = [...first.log.keys()].filter((index) => other.log.has(index));
    const entry = common.find((index) => first.log.get(index) !== other.log.get(index));
    return [
      ...(order === undefined
        ? []
        : [`${first.name} has ${first.orders[order]}, ${other.name} has ${other.orders[order]}`]),
      ...(entry === undefined
        ? []
        : [`${first.name} logged ${first.log.get(entry)}, ${other.name} logged ${other.log.get(entry)}`]),
      ...(common.length === 0 ? [`${first.name} and ${other.name} have no part of the log in common`] : []),
    ];
  });
}
