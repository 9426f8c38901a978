import type { MemberId } from '../../src/core/messages.js';
import { PropertyViolation } from './checkers/checker.js';
import type { Disk } from './disk.js';
import type { Network } from './network.js';
import type { Node } from './node.js';
import type { Random } from './random.js';
import type { Scheduler } from './scheduler.js';
import type { FaultKind, Settings } from './settings.js';
import { majorityOf } from '../../src/core/majority.js';

/** Maximum delay of a message after healing, in milliseconds. */
const CALM_DELAY_MS = 10;
/** Maximum delay of a straggler, in milliseconds. */
const LATEST_STRAGGLER_MS = 6000;

/** Injects random faults, with the rates and kinds in the settings, and heals each after a while. */
export class Faults {
  private isOver = false;
  private allHavePastSince: number | null = null;

  constructor(
    private readonly settings: Settings,
    private readonly scheduler: Scheduler,
    private readonly random: Random,
    private readonly network: Network,
    private readonly nodes: readonly Node[],
    private readonly trace: ((text: () => string) => void) | null,
  ) {}

  start(): void {
    const total = Object.values(this.settings.faults).reduce((sum, weight) => sum + weight, 0);
    const wait = -Math.log(1 - this.random.next()) * this.settings.faultEveryMs;
    this.scheduler.after(wait, () => {
      if (this.isOver) return;
      this.strike(this.draw(this.random.next() * total));
      this.start();
    });
  }

  /** Ends all faults. A random majority works perfectly from now on; the others keep their state and are isolated from it. */
  healMajority(): readonly Node[] {
    this.isOver = true;
    this.network.calmDown(Math.min(CALM_DELAY_MS, (this.settings.core.electionTicks * this.settings.tickMs) / 10));
    const able = this.random.shuffle(this.voters.filter((node) => !this.isForgetful(node)));
    const majority = majorityOf(this.voters.length);
    if (able.length < majority)
      throw new PropertyViolation('persistence', `only ${able.length} of ${this.voters.length} members remember`);
    const some = able.slice(0, this.random.int(majority, Math.max(majority, able.length)));
    // If all members are healed, those with amnesia must recover.
    const healed = this.random.chance(0.5) ? this.nodes : [...some, ...this.someLearners()];
    const others = this.nodes.filter((node) => !healed.includes(node));
    for (const a of healed) for (const b of healed) this.network.unblock(a.id, b.id);
    for (const outside of others) this.cutOff(outside, healed);
    for (const node of healed) {
      node.isDiskSlow = false;
      if (node.isUp) node.resume();
      else node.start();
    }
    this.trace?.(() => `healed: ${healed.map(({ id }) => id).join(', ')}`);
    return healed;
  }

  /** Picks the learners to heal. The others are down for good, or receive nothing, with or without a lease. */
  private someLearners(): readonly Node[] {
    return this.nodes.filter((node) => node.isLearner && this.random.chance(0.5));
  }

  private get voters(): readonly Node[] {
    return this.nodes.filter((node) => !node.isLearner);
  }

  /** Isolates a member in both directions, or only from messages to it, which is worse. */
  private cutOff(outside: Node, healed: readonly Node[]): void {
    const isReceived = this.random.chance(0.3);
    for (const { id } of healed) {
      this.network.block(id, outside.id);
      if (!isReceived) this.network.block(outside.id, id);
    }
  }

  private draw(at: number): FaultKind {
    let rest = at;
    for (const [kind, weight] of Object.entries(this.settings.faults) as [FaultKind, number][]) {
      rest -= weight;
      if (rest < 0) return kind;
    }
    return 'hint';
  }

  private strike(kind: FaultKind): void {
    const victim = this.drawVictim();
    const ms = this.drawLength();
    this.trace?.(() => `fault: ${kind}, member ${victim.id}, ${Math.round(ms)} ms`);
    switch (kind) {
      case 'crash':
        this.crash(victim, ms);
        return;
      case 'crashAll':
        for (const node of this.nodes) this.crash(node, ms);
        return;
      case 'pause':
        victim.pause(ms);
        return;
      case 'isolate':
        for (const { id } of this.nodes) this.cut([victim.id, id], [id, victim.id], ms);
        return;
      case 'island':
        // Frozen, and isolated for even longer: it wakes up alone, with an outdated view.
        victim.pause(ms);
        for (const { id } of this.nodes) this.cut([victim.id, id], [id, victim.id], ms + 1000);
        return;
      case 'split':
        this.split(ms);
        return;
      case 'oneWay': {
        const other = this.random.pick(this.nodes);
        this.cut([victim.id, other.id], null, ms);
        return;
      }
      case 'slowDisk':
        victim.isDiskSlow = true;
        this.scheduler.after(ms, () => (victim.isDiskSlow = false));
        return;
      case 'leadershipTransfer':
        for (const node of this.nodes)
          node.later(0, () => {
            node.input((replica) => replica.transferLeadership(victim.id));
          });
        return;
      case 'hint':
        this.hint(victim.id);
        return;
      case 'amnesia':
        this.causeAmnesia(victim, ms, (disk) => {
          disk.loseEverything();
        });
        return;
      case 'replaceDisk':
        if (this.haveAllAPast())
          this.causeAmnesia(victim, ms, (disk) => {
            disk.replace();
          });
        return;
      default:
        kind satisfies never;
    }
  }

  /** Draws the length of a fault: mostly about that of an election, sometimes too short to be noticed, sometimes long. */
  private drawLength(): number {
    const kind = this.random.next();
    if (kind < 0.3) return this.random.between(0, 100);
    return kind < 0.85 ? this.random.between(50, 3000) : this.random.between(3000, 15_000);
  }

  /** Draws a member; often the leader, where faults matter most. */
  private drawVictim(): Node {
    const leaders = this.nodes.filter(({ replica }) => replica?.ownStatus().role === 'leader');
    return this.random.pick(leaders.length > 0 && this.random.chance(0.4) ? leaders : this.nodes);
  }

  private crash(node: Node, ms: number): void {
    if (!node.isUp) return;
    node.crash();
    if (this.random.chance(0.5)) this.hint(node.id);
    this.scheduler.after(ms, () => {
      if (!node.isUp && !this.isOver) node.start();
    });
  }

  /** Resets the connections to this member, which may be dead or not. */
  private hint(id: MemberId): void {
    for (const node of this.nodes) {
      node.later(this.random.between(0, 20), () => {
        node.input((replica) => {
          replica.suspectLeader(id);
          replica.unreachable(id);
        });
      });
    }
  }

  private split(ms: number): void {
    const side = this.nodes.filter(() => this.random.chance(0.5));
    for (const a of side) for (const b of this.nodes) if (!side.includes(b)) this.cut([a.id, b.id], [b.id, a.id], ms);
  }

  private cut(link: readonly [MemberId, MemberId], back: readonly [MemberId, MemberId] | null, ms: number): void {
    for (const [from, to] of back === null ? [link] : [link, back]) {
      this.network.block(from, to);
      this.scheduler.after(ms, () => {
        if (!this.isOver) this.network.unblock(from, to);
      });
    }
  }

  /** Reports amnesia. Once the others have data, a new member can't prove that it has forgotten nothing. */
  private isForgetful({ disk, replica }: Node): boolean {
    const isNewInAnOldGroup = disk.hardState.term === 0 && this.voters.some((node) => node.disk.lastIndex > 0);
    return isNewInAnOldGroup || disk.isForgetful || replica?.ownStatus().mayVote === false;
  }

  /**
   * Reports whether every member has received something. Otherwise an empty member and a replaced one could together form a new
   * group, because nothing on their disks prevents it. Nor may messages from the group's birth still be on their way.
   */
  private haveAllAPast(): boolean {
    if (this.voters.some(({ disk }) => disk.lastIndex === 0)) return false;
    this.allHavePastSince ??= this.scheduler.now;
    return this.scheduler.now - this.allHavePastSince > LATEST_STRAGGLER_MS;
  }

  private causeAmnesia(node: Node, ms: number, damage: (disk: Disk) => void): void {
    // At most a minority: with two of three replaced, too few members remember. A member that knows no term yet does not help
    // either: if the group is just being created, it comes too late.
    const isOfNoHelp = (other: Node): boolean => this.isForgetful(other) || other.disk.hardState.term === 0;
    const forgetful = this.voters.filter((other) => other === node || isOfNoHelp(other));
    if (!node.isLearner && forgetful.length * 2 > this.voters.length) return;
    if (node.isUp) node.crash();
    damage(node.disk);
    this.scheduler.after(ms, () => {
      if (!node.isUp && !this.isOver) node.start();
    });
  }
}
