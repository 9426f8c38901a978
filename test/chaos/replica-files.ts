import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';
import type { ListedTrade } from '../system/support/books.js';

/** The disk of a member that does not run. Read row by row, because a long run leaves a lot. */
export interface ReplicaFile {
  readonly name: string;
  /** Every order, with every column, as text: to be compared byte for byte. */
  readonly orders: Iterable<string>;
  /** Every stock, likewise. */
  readonly stocks: Iterable<string>;
  /** Every remembered refusal, likewise. */
  readonly refusals: Iterable<string>;
  /** The log as far as it is kept, by index, with terms and checksums. */
  readonly log: ReadonlyMap<number, string>;
}

export function readReplica(name: string, file: string): ReplicaFile {
  const log = rows<{ idx: number }>(file, 'SELECT * FROM log ORDER BY idx');
  return {
    name,
    orders: texts(file, 'SELECT * FROM orders ORDER BY number'),
    stocks: texts(file, 'SELECT * FROM stock ORDER BY name'),
    refusals: texts(file, 'SELECT * FROM refusal ORDER BY number'),
    log: new Map(mapped(log, (entry) => [entry.idx, JSON.stringify(entry)])),
  };
}

/** Where the members differ: in any order, stock or refusal, or anywhere in the part of the log that all have kept. */
export function differences([first, ...others]: readonly ReplicaFile[]): readonly string[] {
  if (!first) return [];
  return others.flatMap((other) => {
    const rowsThatDiffer = (['orders', 'stocks', 'refusals'] as const).flatMap((table) => {
      const found = firstDifference(first[table], other[table]);
      return found === undefined ? [] : [`${first.name} has ${found[0]}, ${other.name} has ${found[1]}`];
    });
    const common = [...first.log.keys()].filter((index) => other.log.has(index));
    const entry = common.find((index) => first.log.get(index) !== other.log.get(index));
    return [
      ...rowsThatDiffer,
      ...(entry === undefined
        ? []
        : [`${first.name} logged ${first.log.get(entry)}, ${other.name} logged ${other.log.get(entry)}`]),
      ...(common.length === 0 ? [`${first.name} and ${other.name} have no part of the log in common`] : []),
    ];
  });
}

/** Many orders as one short text, so that what was read long ago can be compared with what is on the disk. */
export class OrderDigest {
  private readonly hash = createHash('sha256');
  private count = 0;

  add({ number, key, name, type, quantity }: ListedTrade): void {
    this.hash.update(`${number} ${key} ${name} ${type} ${quantity}\n`);
    this.count += 1;
  }

  get text(): string {
    return `${this.count} orders, ${this.hash.copy().digest('hex')}`;
  }
}

/** Describes the first place at which the two differ. */
function firstDifference(
  left: Iterable<string>,
  right: Iterable<string>,
): readonly [string | undefined, string | undefined] | undefined {
  const others: Iterator<string, undefined> = mapped(right, (text) => text);
  for (const one of left) {
    const other = others.next().value;
    if (other === one) continue;
    others.return?.();
    return [one, other];
  }
  const other = others.next().value;
  others.return?.();
  return other === undefined ? undefined : [undefined, other];
}

function texts(file: string, query: string): Iterable<string> {
  return { [Symbol.iterator]: () => mapped(rows(file, query), (row) => JSON.stringify(row)) };
}

function* rows<Row>(file: string, query: string): Generator<Row, undefined> {
  const db = new Database(file, { readonly: true });
  try {
    yield* db.prepare(query).iterate() as Iterable<Row>;
  } finally {
    db.close();
  }
}

function* mapped<From, To>(items: Iterable<From>, map: (item: From) => To): Generator<To, undefined> {
  for (const item of items) yield map(item);
}
