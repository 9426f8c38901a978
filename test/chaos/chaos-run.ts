import { Random } from '../../libs/replication/testing/simulation/random.js';
import { OrderCluster } from '../cluster/support/order-cluster.js';
import { differencesInOwnState } from '../cluster/support/own-state.js';
import { stockLevels, tradesAfter, type ListedTrade } from '../system/support/books.js';
import { describeFault, drawFault, inflict } from './fault-schedule.js';
import { faultsIn } from './judge.js';
import type { Recorder } from './recorder.js';
import { differences, OrderDigest, readReplica, type ReplicaFile } from './replica-files.js';
import { StreamReaders } from './stream-readers.js';
import { SCARCE, Traders } from './traders.js';

/** Number of trades that must succeed after each fault: the system heals, and not only in its own opinion. */
const TRADES_BETWEEN_FAULTS = 20;
/** Number of rounds after which the load pauses and the history is judged and dropped: a long run needs no more memory than a short one. */
const ROUNDS_BETWEEN_VERDICTS = 10;
const FAULTS_SHOWN = 20;
/** On a busy machine a process takes long to start again: that is no fault. */
const HEALING_LIMIT_MS = 60_000;

const FIRST_STOCKS = [
  { name: SCARCE, price: 9.99, quantity: 10, maxTradingVolume: 0 },
  ...['Ford', 'Tesla', 'Amc'].map((name) => ({ name, price: 12.5, quantity: 1_000_000, maxTradingVolume: 0 })),
];

export interface ChaosPlan {
  readonly seed: number;
  readonly catalogs: number;
  readonly frontends: number;
  /** Limits of the run: rounds, or time in milliseconds. */
  readonly rounds: number;
  readonly minutes: number;
}

/** One seeded run: faults under load, and then a look at everything that they may have broken. */
export class ChaosRun {
  /** The history of faults, for people. */
  readonly story: string[] = [];
  /** Number of faults that were inflicted. */
  round = 0;
  private readonly random: Random;
  /** Every second process, so that the same call is broken off here, and refused there. */
  private readonly wired = ['frontend-1', 'order-1', 'order-3', 'catalog-1'];
  private readonly digest = new OrderDigest();
  private readonly counts: Record<string, number> = {};
  private recorded = 0;

  constructor(
    private readonly plan: ChaosPlan,
    private readonly tell: (line: string) => void = () => undefined,
  ) {
    this.random = new Random(plan.seed);
  }

  /** Resolves to what is wrong: all of it, up to the first verdict that finds anything. */
  async run(): Promise<readonly string[]> {
    const { catalogs, frontends } = this.plan;
    const cluster = await OrderCluster.start({
      catalogs,
      frontends,
      wired: this.wired,
      catalog: { CATALOG_SEED: JSON.stringify(FIRST_STOCKS) },
    });
    const streams = new StreamReaders(cluster.urls, this.plan.seed);
    try {
      return await this.runOn(cluster, streams);
    } catch (error) {
      throw new Error(`${String(error)}\nThe logs end with:\n${cluster.logs()}`, { cause: error });
    } finally {
      await streams.stop();
      await cluster.close();
    }
  }

  private async runOn(cluster: OrderCluster, streams: StreamReaders): Promise<readonly string[]> {
    const deadline = performance.now() + this.plan.minutes * 60_000;
    const isOver = (): boolean => this.round >= this.plan.rounds || performance.now() > deadline;
    const faults: string[] = [];
    while (!isOver() && faults.length === 0) faults.push(...(await this.runUntilVerdict(cluster, isOver)));
    this.note(
      `seed ${this.plan.seed}, ${this.round} rounds: ${this.recorded} trades on record; ${counted(this.counts)}`,
    );
    if (faults.length === 0) faults.push(...(await streams.faults(this.digest, this.recorded, HEALING_LIMIT_MS)));
    this.note(`streams connected ${streams.connections} times`);
    await cluster.waitUntilEqual();
    faults.push(...(await differencesInOwnState(cluster)));
    faults.push(...this.faultsOnDisk(await filesOfAll(cluster)));
    if (!this.counts['refused']) faults.push(`${SCARCE} never ran out: overselling could not have shown`);
    if (!this.counts['HIT']) faults.push('no lookup came from a cache: an old one could not have shown');
    return faults.slice(0, FAULTS_SHOWN);
  }

  private async runUntilVerdict(cluster: OrderCluster, isOver: () => boolean): Promise<readonly string[]> {
    const { recorded: recordedBefore } = this;
    const before = await stockLevels(cluster.url);
    const traders = new Traders(cluster.urls, `${this.plan.seed}-${this.round}`, this.plan.seed + this.round);
    try {
      await traders.waitForMore(TRADES_BETWEEN_FAULTS, HEALING_LIMIT_MS);
      const end = this.round + ROUNDS_BETWEEN_VERDICTS;
      while (this.round < end && !isOver()) await this.inflictOne(cluster, traders);
    } finally {
      await traders.stop();
    }
    await traders.settle();
    const orders = await tradesAfter(cluster.url, recordedBefore);
    const after = await stockLevels(cluster.url);
    this.count(traders.recorder, orders);
    return faultsIn(traders.recorder, { before, after, orders, recordedBefore });
  }

  private async inflictOne(cluster: OrderCluster, traders: Traders): Promise<void> {
    this.round += 1;
    const fault = drawFault(this.random, cluster, this.wired);
    this.note(`round ${this.round}: ${describeFault(fault)}`);
    const hit = await inflict(cluster, fault);
    await cluster.waitUntilReady(HEALING_LIMIT_MS);
    await cluster.waitUntilFresh(SCARCE, HEALING_LIMIT_MS);
    await traders.waitForMore(TRADES_BETWEEN_FAULTS, HEALING_LIMIT_MS);
    this.note(`  hit ${hit.join(', ')}; ${this.recorded} trades judged, ${traders.acknowledged} acknowledged since`);
  }

  private count({ trails, lookups }: Recorder, orders: readonly ListedTrade[]): void {
    this.recorded += orders.length;
    for (const order of orders) this.digest.add(order);
    const kinds = trails.flatMap(({ attempts }) => attempts.map(({ outcome }) => outcome.kind));
    for (const kind of [...kinds, ...lookups.map(({ cache }) => String(cache))])
      this.counts[kind] = (this.counts[kind] ?? 0) + 1;
  }

  /** The members must have the same, and what was read and judged on the way. */
  private faultsOnDisk(replicas: readonly ReplicaFile[]): readonly string[] {
    const onDisk = new OrderDigest();
    for (const order of replicas[0]?.orders ?? []) onDisk.add(JSON.parse(order) as ListedTrade);
    const isSame = onDisk.text === this.digest.text;
    return [
      ...differences(replicas),
      ...(isSame ? [] : [`on the disk are ${onDisk.text}, but the gateways listed ${this.digest.text}`]),
    ];
  }

  private note(line: string): void {
    this.story.push(line);
    this.tell(line);
  }
}

/** Reads the disk of each member, after all were killed at once. */
async function filesOfAll(cluster: OrderCluster): Promise<readonly ReplicaFile[]> {
  const names = cluster.groupMembers;
  await Promise.all(names.map((name) => cluster.kill(name)));
  return names.map((name) => readReplica(name, cluster.databaseFile(name)));
}

function counted(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ');
}
