import { setTimeout as pause } from 'node:timers/promises';
import type { Stock } from '@stock-bazaar/contracts';
import { differences } from '../compare.js';
import type { CatalogMember } from './catalog-member.js';
import { Difference } from './difference.js';

const POLL_INTERVAL_MS = 50;

/**
 * Compares the stock tables of a catalog's members, while trading goes on. They are never read at the same moment, so a
 * stock is compared when two members show it in the same version, which is the log entry of its last change; all are read
 * again until each pair was seen so for each stock, or the time is up. Throws a `Difference` at the first stock that is not
 * the same in one version, and at one that a member has in an older version than it has applied.
 *
 * @returns of each member, how many stocks were found the same as on all others that answer
 */
export async function compareMembers(
  members: readonly CatalogMember[],
  limitMs: number,
): Promise<ReadonlyMap<CatalogMember, number>> {
  const pairs = members.flatMap((one, i) => members.slice(i + 1).map((other) => new Pair(one, other)));
  const deadline = performance.now() + limitMs;
  for (;;) {
    await Promise.all(members.map((member) => member.read()));
    const isDone = pairs.map((pair) => pair.compare()).every((isSame) => isSame);
    if (isDone || performance.now() >= deadline) break;
    await pause(POLL_INTERVAL_MS);
  }
  return new Map(members.map((member) => [member, sameEverywhere(member, pairs)]));
}

function sameEverywhere(member: CatalogMember, pairs: readonly Pair[]): number {
  const own = pairs.filter((pair) => pair.includes(member) && pair.canCompare);
  if (own.length === 0) return 0;
  return [...member.stocks.keys()].filter((name) => own.every((pair) => pair.same.has(name))).length;
}

class Pair {
  /** Names of the stocks that were found the same in one version. */
  readonly same = new Set<string>();

  constructor(
    private readonly one: CatalogMember,
    private readonly other: CatalogMember,
  ) {}

  includes(member: CatalogMember): boolean {
    return this.one === member || this.other === member;
  }

  get canCompare(): boolean {
    return this.one.problem === null && this.other.problem === null;
  }

  /** Whether every stock was found the same by now. A member that does not answer is not waited for. */
  compare(): boolean {
    if (!this.canCompare) return true;
    const names = [...new Set([...this.one.stocks.keys(), ...this.other.stocks.keys()])];
    for (const name of names) this.compareStock(name);
    return names.every((name) => this.same.has(name));
  }

  private compareStock(name: string): void {
    const { one, other } = this;
    const [mine, theirs] = [one.stocks.get(name), other.stocks.get(name)];
    if (mine !== undefined && mine.version === theirs?.version) {
      const [first] = differences({ ...mine }, { ...theirs });
      if (first !== undefined)
        throw new Difference(`${name} differs on ${other.name}: ${first} as on ${shown(one, name)}`);
      this.same.add(name);
    } else if (versionOf(mine) < versionOf(theirs)) refuseStale(one, other, name);
    else refuseStale(other, one, name);
  }
}

/** A member that lags is no contradiction; one that has applied a change and does not have it is. */
function refuseStale(older: CatalogMember, newer: CatalogMember, name: string): void {
  const version = versionOf(newer.stocks.get(name));
  if (older.appliedIndex < version) return;
  throw new Difference(
    `${older.name} has applied log entry ${older.appliedIndex}, but not the change of ${name} in entry ${version}\n` +
      `  ${shown(newer, name)}\n  ${shown(older, name)}`,
  );
}

function versionOf(stock: Stock | undefined): number {
  return stock?.version ?? 0;
}

function shown({ name: member, stocks }: CatalogMember, name: string): string {
  const stock = stocks.get(name);
  return `${member}: ${stock === undefined ? 'none' : JSON.stringify(stock)}`;
}
