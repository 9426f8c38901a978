import type { Entry, MemberId, Message } from '../../src/core/messages.js';
import type { Ready } from '../../src/core/ready.js';
import { Replica, type MemberStatus } from '../../src/core/replica.js';
import { Disk, writeOf, type Write } from './disk.js';
import { PropertyViolation, type MemberView } from './checkers/checker.js';
import { OutgoingSnapshots } from './outgoing-snapshots.js';
import { Requests, type Answer } from './requests.js';
import { Clock } from './clock.js';
import { DerivedLeases } from './derived-leases.js';
import { LearnerShell, type LearnerNode } from './learner-shell.js';
import type { NodeContext } from './node-context.js';
import { applyEntry, initialState, pageOf, type State } from './state-machine.js';

/** A member: a core in a small shell that has slow disk writes, can be frozen, and can crash. */
export class Node implements MemberView, LearnerNode {
  readonly disk: Disk;
  incarnation = 0;
  /** Null while it is down. */
  replica: Replica | null = null;
  isDiskSlow = false;
  state: State;
  private writing: { readonly write: Write; readonly ready: Ready } | null = null;
  private resumesAt = 0;
  private backlog: (() => void)[] = [];
  private requests = new Requests();
  readonly clock: Clock;
  readonly derivedLeases: DerivedLeases | null;
  /** Null at a voter, and while it is down. */
  private learner: LearnerShell | null = null;
  /** Restores the image to which a crash may revert a learner's disk. */
  private restoreImage: (() => void) | null = null;
  private readonly outgoing: OutgoingSnapshots;

  constructor(
    readonly id: MemberId,
    private readonly context: NodeContext,
  ) {
    this.state = initialState(context.settings.keys);
    this.disk = new Disk(this.state, context.settings.keepEntries);
    this.outgoing = new OutgoingSnapshots(context.random);
    this.clock = new Clock(context.scheduler, context.random, context.settings.clockDrift);
    this.derivedLeases = context.settings.hasDerivedLeases ? new DerivedLeases(context.scheduler) : null;
  }

  get isLearner(): boolean {
    return this.context.settings.learners.ids.includes(this.id);
  }

  get isUp(): boolean {
    return this.replica !== null;
  }

  termAt(index: number): number | undefined {
    return this.replica?.termAt(index);
  }

  start(): void {
    const { settings, random } = this.context;
    this.incarnation += 1;
    this.state = this.disk.state;
    this.clock.restart();
    const { voters, learners } = settings;
    const options = { ...settings.core, id: this.id, voters, mayVote: this.disk.mayVote, learners };
    this.replica = new Replica(options, this.disk, this.disk.hardState, this.state.index, random.next);
    this.learner = this.isLearner ? new LearnerShell(this.replica, this, this.context) : null;
    for (const checker of this.context.checkers) checker.restarted?.(this);
    // Clocks differ: this one may be up to a fifth fast or slow.
    this.planTick(settings.tickMs * random.between(0.8, 1.2));
  }

  /** Simulates a power failure. */
  crash(): void {
    if (this.writing !== null) this.disk.tear(this.writing.write, this.context.random);
    if (this.isLearner && this.context.random.chance(0.5)) this.restoreImage?.();
    this.restoreImage = null;
    this.learner = null;
    this.replica = null;
    this.incarnation += 1;
    this.writing = null;
    this.resumesAt = 0;
    this.backlog = [];
    this.requests = new Requests();
    this.outgoing.clear();
  }

  /** Freezes the process. Messages that arrive meanwhile wait, but only one tick does. */
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

  /** Runs a function later in this incarnation: not after a crash, and after the end of a pause. */
  later(delayMs: number, run: () => void): void {
    const { incarnation } = this;
    const guarded = (): void => {
      if (this.incarnation !== incarnation) return;
      if (this.context.scheduler.now < this.resumesAt) this.backlog.push(guarded);
      else run();
    };
    this.context.scheduler.after(delayMs, guarded);
  }

  receive(message: Message): void {
    this.later(0, () => {
      this.input((replica) => {
        replica.step(message, this.clock.now());
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
    else this.requests.addWrite(proposal.firstIndex, data, answer);
    this.pump(this.replica);
  }

  read(key: number, answer: (answer: Answer) => void): void {
    if (this.replica === null) return;
    if (!this.replica.read(this.requests.addRead(key, answer)))
      answer({ outcome: 'refused', value: '', leader: this.replica.ownStatus().leader });
    this.pump(this.replica);
  }

  readLocally(key: number, answer: (answer: Answer) => void): void {
    this.learner?.read(key, answer);
  }

  get appliedIndex(): number {
    return this.state.index;
  }

  private planTick(periodMs: number): void {
    this.later(periodMs, () => {
      this.input((replica) => {
        replica.tick(this.clock.now());
      });
      this.planTick(periodMs);
    });
  }

  private pump(replica: Replica): void {
    this.learner?.advance();
    while (replica.hasReady()) this.handle(replica, replica.takeReady());
    this.learner?.advance();
    const status = replica.ownStatus();
    for (const checker of this.context.checkers) checker.observed?.(this, status);
    this.context.trace?.(() => `  ${describe(status)}`);
  }

  private handle(replica: Replica, ready: Ready): void {
    this.send(ready.sendNow);
    if (ready.storePage?.done === true && ready.apply.length > 0)
      throw new PropertyViolation(
        'order of effects',
        `${this.id} applies entries on top of a snapshot that contains them`,
      );
    for (const entry of ready.apply) this.apply(entry);
    const write = writeOf(ready, this.state);
    if (write === null) this.send(ready.sendAfterPersist);
    else this.startWrite(replica, write, ready);
    for (const { id, index } of ready.reads) this.requests.confirm(id, index);
    for (const id of ready.failedReads) this.requests.failRead(id, replica.ownStatus().leader);
    this.requests.answerReads(this.state);
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
    if (this.isLearner && this.context.random.chance(0.2)) this.restoreImage = this.disk.image();
    this.disk.sync(write);
    for (const checker of this.context.checkers) checker.stored?.(this, write.entries);
    if (write.storePage?.done === true) {
      this.state = this.disk.state;
      this.requests.forgetWrites();
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

  private apply(entry: Entry): void {
    for (const checker of this.context.checkers) checker.applied?.(this, entry);
    const isOnTop = this.state.index === entry.index - 1 && this.writing?.write.storePage?.done !== true;
    if (!isOnTop)
      throw new PropertyViolation('order of effects', `${this.id} applies ${entry.index} on ${this.state.index}`);
    this.state = applyEntry(this.state, entry);
    this.requests.applied(entry);
  }

  private readPage(replica: Replica, to: MemberId, page: number): void {
    const state = this.outgoing.read(to, page, this.disk.state);
    if (state === undefined) return;
    this.later(this.context.random.between(0, 5), () => {
      const { data, done } = pageOf(state, page);
      replica.snapshotPage(to, page, data, done, state.index, state.term);
      this.pump(replica);
    });
  }
}

function describe({ id, role, term, leader, lastIndex, commitIndex, appliedIndex, mayVote }: MemberStatus): string {
  return `${id} ${role} term ${term} leader ${leader} last ${lastIndex} commit ${commitIndex} applied ${appliedIndex}${mayVote ? '' : ' with amnesia'}`;
}
