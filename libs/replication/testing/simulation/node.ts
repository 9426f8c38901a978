import type { MemberId, Message } from '../../src/core/messages.js';
import type { Ready } from '../../src/core/ready.js';
import { Replica, type CoreStatus } from '../../src/core/replica.js';
import { Disk, writeOf, type Write } from './disk.js';
import type { Checker, MemberView } from './checkers/checker.js';
import type { Random } from './random.js';
import type { Scheduler } from './scheduler.js';
import type { Settings } from './settings.js';
import { applyEntry, initialState, pageOf, type State } from './state-machine.js';

/** What a request came to, as the member that got it knows. */
export type Answer = {
  readonly outcome: 'done' | 'refused' | 'unknown';
  readonly value: string;
  readonly leader: MemberId | null;
};

export interface NodeContext {
  readonly settings: Settings;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly checkers: readonly Checker[];
  readonly send: (message: Message) => void;
  readonly trace: ((text: () => string) => void) | null;
}

interface WaitingRead {
  readonly index: number;
  readonly key: number;
  readonly answer: (answer: Answer) => void;
}

/** A member: a core in a small shell whose disk writes take time, which can be frozen, and which can crash. */
export class Node implements MemberView {
  readonly disk: Disk;
  life = 0;
  /** Null while it is down. */
  replica: Replica | null = null;
  isDiskSlow = false;
  private state: State;
  private writing: { readonly write: Write; readonly ready: Ready } | null = null;
  private resumesAt = 0;
  private backlog: (() => void)[] = [];
  private nextRead = 0;
  private readonly writes = new Map<number, { readonly data: string; readonly answer: (answer: Answer) => void }>();
  private readonly asked = new Map<number, Omit<WaitingRead, 'index'>>();
  private confirmed: WaitingRead[] = [];
  private readonly outgoing = new Map<MemberId, State>();

  constructor(
    readonly id: MemberId,
    private readonly context: NodeContext,
  ) {
    this.state = initialState(context.settings.keys);
    this.disk = new Disk(this.state, context.settings.keepEntries);
  }

  get isUp(): boolean {
    return this.replica !== null;
  }

  termAt(index: number): number | undefined {
    return this.replica?.termAt(index);
  }

  start(): void {
    const { settings, random } = this.context;
    this.life += 1;
    this.state = this.disk.state;
    const options = { ...settings.core, id: this.id, members: settings.members, mayVote: this.disk.mayVote };
    this.replica = new Replica(options, this.disk, this.disk.hardState, this.state.index, random.next);
    for (const checker of this.context.checkers) checker.restarted?.(this);
    // Clocks differ: this one may run up to a fifth fast or slow.
    this.planTick(settings.tickMs * random.between(0.8, 1.2));
  }

  /** The power fails. */
  crash(): void {
    if (this.writing !== null) this.disk.tear(this.writing.write, this.context.random);
    this.replica = null;
    this.life += 1;
    this.writing = null;
    this.resumesAt = 0;
    this.backlog = [];
    this.writes.clear();
    this.asked.clear();
    this.confirmed = [];
    this.outgoing.clear();
  }

  /** The process is stopped; what arrives meanwhile waits, and of its ticks only one. */
  pause(ms: number): void {
    const { scheduler } = this.context;
    if (!this.isUp || this.resumesAt > scheduler.now) return;
    this.resumesAt = scheduler.now + ms;
    this.later(ms, () => {
      this.resume();
    });
  }

  resume(): void {
    this.resumesAt = this.context.scheduler.now;
    const { backlog } = this;
    this.backlog = [];
    for (const run of backlog) run();
  }

  /** Runs something in this life: not after a crash, and after the end of a pause. */
  later(delayMs: number, run: () => void): void {
    const { life } = this;
    const guarded = (): void => {
      if (this.life !== life) return;
      if (this.context.scheduler.now < this.resumesAt) this.backlog.push(guarded);
      else run();
    };
    this.context.scheduler.after(delayMs, guarded);
  }

  receive(message: Message): void {
    this.later(0, () => {
      this.input((replica) => {
        replica.step(message);
      });
    });
  }

  input(act: (replica: Replica) => void): void {
    if (this.replica === null) return;
    act(this.replica);
    this.pump(this.replica);
  }

  write(data: string, answer: (answer: Answer) => void): void {
    if (this.replica === null) return;
    const proposal = this.replica.propose([data]);
    if (!proposal.ok) answer({ outcome: 'refused', value: '', leader: proposal.leader });
    else this.writes.set(proposal.firstIndex, { data, answer });
    this.pump(this.replica);
  }

  read(key: number, answer: (answer: Answer) => void): void {
    if (this.replica === null) return;
    const id = (this.nextRead += 1);
    if (this.replica.read(id)) this.asked.set(id, { key, answer });
    else answer({ outcome: 'refused', value: '', leader: this.replica.status().leader });
    this.pump(this.replica);
  }

  get appliedIndex(): number {
    return this.state.index;
  }

  private planTick(periodMs: number): void {
    this.later(periodMs, () => {
      this.input((replica) => {
        replica.tick();
      });
      this.planTick(periodMs);
    });
  }

  private pump(replica: Replica): void {
    while (replica.hasReady()) this.handle(replica, replica.takeReady());
    const status = replica.status();
    for (const checker of this.context.checkers) checker.observed?.(this, status);
    this.context.trace?.(() => `  ${describe(status)}`);
  }

  private handle(replica: Replica, ready: Ready): void {
    this.send(ready.sendNow);
    for (const entry of ready.apply) this.apply(entry);
    const write = writeOf(ready, this.state);
    if (write === null) this.send(ready.sendAfterPersist);
    else this.startWrite(replica, write, ready);
    for (const { id, index } of ready.reads) this.confirm(id, index);
    for (const id of ready.failedReads) this.failRead(id, replica.status().leader);
    this.answerReads();
    for (const { to, page } of ready.pageRequests) this.readPage(replica, to, page);
  }

  private startWrite(replica: Replica, write: Write, ready: Ready): void {
    const { disk } = this.context.settings;
    const { random } = this.context;
    this.writing = { write, ready };
    this.later(random.between(disk.minWriteMs, this.isDiskSlow ? disk.slowWriteMs : disk.maxWriteMs), () => {
      this.finishWrite(replica, write, ready);
    });
  }

  private finishWrite(replica: Replica, write: Write, ready: Ready): void {
    this.writing = null;
    this.disk.sync(write);
    for (const checker of this.context.checkers) checker.stored?.(this, write.entries);
    if (write.storePage?.done === true) {
      this.state = this.disk.state;
      this.writes.clear();
      for (const checker of this.context.checkers) checker.installed?.(this, this.state);
    }
    this.send(ready.sendAfterPersist);
    const end = this.disk.lastIndex;
    replica.persisted(end, this.disk.termAt(end) ?? 0);
    this.pump(replica);
  }

  private send(messages: readonly Message[]): void {
    for (const message of messages) {
      for (const checker of this.context.checkers) checker.sent?.(message);
      this.context.send(message);
    }
  }

  private apply(entry: Parameters<typeof applyEntry>[1]): void {
    for (const checker of this.context.checkers) checker.applied?.(this, entry);
    this.state = applyEntry(this.state, entry);
    const waiting = this.writes.get(entry.index);
    if (waiting === undefined) return;
    this.writes.delete(entry.index);
    // Another leader's entry has taken the place: ours can't commit any more.
    const outcome = waiting.data === entry.data ? 'done' : 'refused';
    waiting.answer({ outcome, value: '', leader: null });
  }

  private confirm(id: number, index: number): void {
    const read = this.asked.get(id);
    this.asked.delete(id);
    if (read !== undefined) this.confirmed.push({ ...read, index });
  }

  private failRead(id: number, leader: MemberId | null): void {
    this.asked.get(id)?.answer({ outcome: 'refused', value: '', leader });
    this.asked.delete(id);
  }

  private answerReads(): void {
    if (this.confirmed.length === 0) return;
    const ripe = this.confirmed.filter(({ index }) => index <= this.state.index);
    this.confirmed = this.confirmed.filter(({ index }) => index > this.state.index);
    for (const { key, answer } of ripe) answer({ outcome: 'done', value: this.state.values[key] ?? '', leader: null });
  }

  /** A transfer reads its pages from one state, the one that was there when it began. */
  private readPage(replica: Replica, to: MemberId, page: number): void {
    // Now and then it has lost that state, and reads the page from a later one: the follower must notice.
    const isLost = page > 0 && this.context.random.chance(0.05);
    if (page === 0 || isLost || !this.outgoing.has(to)) this.outgoing.set(to, this.disk.state);
    const state = this.outgoing.get(to) ?? this.disk.state;
    this.later(this.context.random.between(0, 5), () => {
      const { data, done } = pageOf(state, page);
      replica.snapshotPage(to, page, data, done, state.index, state.term);
      this.pump(replica);
    });
  }
}

function describe({ id, role, term, leader, lastIndex, commitIndex, appliedIndex, mayVote }: CoreStatus): string {
  return `${id} ${role} term ${term} leader ${leader} last ${lastIndex} commit ${commitIndex} applied ${appliedIndex}${mayVote ? '' : ' without memory'}`;
}
