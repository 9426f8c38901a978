import type { Checker } from './checkers/checker.js';
import type { Operation } from './history.js';
import type { Network } from './network.js';
import type { Node } from './node.js';
import type { Random } from './random.js';
import type { Answer } from './requests.js';
import type { Scheduler } from './scheduler.js';
import type { Settings } from './settings.js';

/** Sends one request after another to the presumed leader. Gives up on a request after a while, and never repeats a write. */
export class Client {
  private leader: Node;
  private requests = 0;
  private isStopped = false;
  private takesTurns = false;

  constructor(
    private readonly id: number,
    private readonly settings: Settings,
    private readonly scheduler: Scheduler,
    private readonly random: Random,
    private readonly network: Network,
    private readonly checkers: readonly Checker[],
    /** Voters that it can reach. */
    private nodes: readonly Node[],
    private learners: readonly Node[],
  ) {
    this.leader = random.pick(nodes);
  }

  start(): void {
    this.scheduler.after(this.random.between(0, this.settings.thinkMs * 2), () => {
      if (!this.isStopped) this.ask();
    });
  }

  /** Restricts it to these nodes. It then reads and writes in turn, so that both happen soon. */
  confineTo(nodes: readonly Node[], learners: readonly Node[]): void {
    this.nodes = nodes;
    this.learners = learners;
    this.takesTurns = true;
  }

  stop(): void {
    this.isStopped = true;
  }

  private ask(): void {
    const operation = this.drawOperation();
    const node = this.target(operation);
    const answer = (result: Answer): void => {
      this.scheduler.after(this.network.drawDelay(), () => {
        this.complete(operation, result);
      });
    };
    this.scheduler.after(this.network.drawDelay(), () => {
      const kept = operation.isLocal ? node.derivedLeases?.show(operation.key) : undefined;
      if (kept !== undefined && this.random.chance(0.5)) {
        answer({ outcome: 'done', value: kept, leader: null });
        return;
      }
      node.later(0, () => {
        if (operation.kind === 'write') node.write(`${operation.key}:${operation.value}`, answer);
        else if (operation.isLocal) node.readLocally(operation.key, answer);
        else node.read(operation.key, answer);
      });
    });
    this.scheduler.after(this.settings.requestTimeoutMs, () => {
      this.complete(operation, { outcome: 'unknown', value: '', leader: null });
    });
  }

  private target({ isLocal }: Operation): Node {
    if (isLocal) return this.random.pick(this.learners);
    return this.nodes.includes(this.leader) ? this.leader : this.random.pick(this.nodes);
  }

  private drawOperation(): Operation {
    const isRead = this.takesTurns ? this.requests % 2 === 0 : this.random.chance(this.settings.readShare);
    const kind = isRead ? 'read' : 'write';
    const isLocal =
      isRead && this.learners.length > 0 && (this.takesTurns ? this.requests % 4 === 0 : this.random.chance(0.7));
    this.requests += 1;
    return {
      client: this.id,
      kind,
      isLocal,
      key: this.random.int(0, this.settings.keys - 1),
      value: kind === 'write' ? `${this.id}.${this.requests}` : '',
      invokedAt: this.scheduler.now,
      completedAt: Infinity,
      outcome: 'pending',
    };
  }

  private complete(operation: Operation, { outcome, value, leader }: Answer): void {
    if (operation.outcome !== 'pending') return;
    operation.outcome = outcome;
    operation.completedAt = this.scheduler.now;
    if (operation.kind === 'read') operation.value = value;
    for (const checker of this.checkers) checker.completed?.(operation);
    if (outcome !== 'done' && !operation.isLocal)
      this.leader = this.nodes.find(({ id }) => id === leader) ?? this.random.pick(this.nodes);
    this.start();
  }
}
