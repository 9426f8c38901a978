import { Random } from '../../libs/replication/testing/simulation/random.js';
import { OrderCluster } from '../cluster/support/order-cluster.js';
import { ask } from '../system/support/traffic.js';
import { describeFault, drawFault, inflict } from './fault-schedule.js';
import { faultsInConservation, faultsInHistory, type StockLevel } from './history-faults.js';
import { differences, readReplica, type ReplicaFile } from './replica-files.js';
import { SCARCE, Traders, type Trail } from './traders.js';

/** After each fault so many more trades must be made: the system heals, and not only in its own opinion. */
const TRADES_BETWEEN_FAULTS = 20;

const FIRST_STOCKS = [
  { name: SCARCE, price: 9.99, quantity: 150, maxTradingVolume: 0 },
  ...['Ford', 'Tesla', 'Amc'].map((name) => ({ name, price: 12.5, quantity: 100_000, maxTradingVolume: 0 })),
];

/** One seeded run: faults under load, and then a look at everything that they may have broken. */
export class ChaosRun {
  /** What happened, for people. */
  readonly story: string[] = [];

  constructor(
    private readonly seed: number,
    private readonly rounds: number,
    private readonly tell: (line: string) => void = () => undefined,
  ) {}

  /** Resolves to everything that is wrong. */
  async run(): Promise<readonly string[]> {
    const cluster = await OrderCluster.start({ catalog: { CATALOG_SEED: JSON.stringify(FIRST_STOCKS) } });
    try {
      return await this.runOn(cluster);
    } catch (error) {
      throw new Error(`${String(error)}\nThe logs end with:\n${cluster.logs()}`, { cause: error });
    } finally {
      await cluster.close();
    }
  }

  private async runOn(cluster: OrderCluster): Promise<readonly string[]> {
    const before = await stockLevels(cluster.url);
    const traders = new Traders(cluster.url, this.seed);
    try {
      await traders.waitForMore(TRADES_BETWEEN_FAULTS);
      await this.inflictAll(cluster, traders);
    } finally {
      await traders.stop();
    }
    await traders.settle();
    await cluster.waitUntilEqual();
    const after = await stockLevels(cluster.url);
    const replicas = await filesOfAll(cluster);
    const orders = replicas[0]?.recorded ?? [];
    this.note(summaryOf(traders.trails, orders.length));
    return [
      ...traders.wrong,
      ...differences(replicas),
      ...faultsInHistory(traders.trails, orders),
      ...faultsInConservation(orders, before, after),
      ...(count(traders.trails, 'refused') > 0 ? [] : [`${SCARCE} never ran out: overselling could not have shown`]),
    ];
  }

  private async inflictAll(cluster: OrderCluster, traders: Traders): Promise<void> {
    const random = new Random(this.seed);
    for (let round = 1; round <= this.rounds; round += 1) {
      const fault = drawFault(random);
      this.note(`round ${round} of ${this.rounds}: ${describeFault(fault)}`);
      const hit = await inflict(cluster, fault);
      await cluster.waitUntilReady();
      await traders.waitForMore(TRADES_BETWEEN_FAULTS);
      this.note(`  hit ${hit.join(', ')}; ${traders.acknowledged} answers of "executed" so far`);
    }
  }

  private note(line: string): void {
    this.story.push(line);
    this.tell(line);
  }
}

async function stockLevels(url: string): Promise<readonly StockLevel[]> {
  return (JSON.parse((await ask(url, '/stocks')).text) as { data: readonly StockLevel[] }).data;
}

/** What is on the disk of each, all having been killed at once. */
async function filesOfAll(cluster: OrderCluster): Promise<readonly ReplicaFile[]> {
  const names = OrderCluster.ids.map((id) => `order-${id}`);
  await Promise.all(names.map((name) => cluster.kill(name)));
  return names.map((name) => readReplica(name, cluster.databaseFile(name)));
}

function count(trails: readonly Trail[], kind: string): number {
  return trails.reduce((sum, { attempts }) => sum + attempts.filter(({ outcome }) => outcome.kind === kind).length, 0);
}

function summaryOf(trails: readonly Trail[], orders: number): string {
  const kinds = ['executed', 'refused', 'notExecuted', 'unknown'].map((kind) => `${count(trails, kind)} ${kind}`);
  return `${trails.length} trades asked for, ${orders} orders on record; answers: ${kinds.join(', ')}`;
}
