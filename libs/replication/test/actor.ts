import type { CoreOptions } from '../src/core/core-options.js';
import { LocalReads } from '../src/core/local-reads.js';
import type { Entry, MemberId, Message } from '../src/core/messages.js';
import type { Ready } from '../src/core/ready.js';
import { Replica } from '../src/core/replica.js';
import { Disk, writeOf, type Write } from '../testing/simulation/disk.js';
import { applyEntry, initialState, pageOf, type State } from '../testing/simulation/state-machine.js';
import { describeEntries } from './describe-message.js';

const KEYS = 2;

/** A member in a golden script: a core whose disk answers at once, or when the script says so. */
export class Actor {
  disk: Disk;
  replica: Replica | null = null;
  holdsWrites = false;
  /** True if the snapshot that it was sending is gone; only page 0 opens another one. */
  hasLostSnapshot = false;
  /** True while it does not release entries. */
  holdsEntries = false;
  private received: readonly Entry[] = [];
  private localReads: LocalReads | null = null;
  private incarnations = 0;
  /** Restores the last image of its disk. */
  restoreImage: () => void = () => undefined;
  private writing: { readonly write: Write; readonly ready: Ready } | null = null;
  private state: State = initialState(KEYS);
  private before = '';

  constructor(
    private readonly options: CoreOptions,
    keepEntries: number,
    private readonly send: (messages: readonly Message[]) => void,
    private readonly say: (line: string) => void,
    private readonly clock: () => number,
  ) {
    this.disk = new Disk(this.state, keepEntries);
  }

  get id(): MemberId {
    return this.options.id;
  }

  /** Fills the disk before the script begins. */
  give(term: number, terms: readonly number[]): void {
    const entries = terms.map((entryTerm, index): Entry => ({ index: index + 1, term: entryTerm, data: null }));
    this.disk.sync({ hardState: { term, vote: null }, mayVote: null, entries, storePage: null, state: this.state });
  }

  start(): void {
    this.state = this.disk.state;
    const options = { ...this.options, mayVote: this.disk.mayVote };
    // Not random: member 1 always has the shortest timeout, member 2 the next, and so on.
    this.incarnations += 1;
    const random = (): number => this.id / 10 + (this.isLearner ? this.incarnations / 10_000 : 0);
    this.replica = new Replica(options, this.disk, this.disk.hardState, this.state.index, random);
    this.localReads = new LocalReads(this.replica);
    this.before = this.describeRole(this.replica);
  }

  /** Crashes the member, which loses everything that is not on its disk. */
  crash(): void {
    this.replica = null;
    this.writing = null;
    this.received = [];
    this.say(`${this.id} crashes`);
  }

  input(act: (replica: Replica) => void): void {
    if (this.replica === null) return;
    act(this.replica);
    this.pump(this.replica);
  }

  get isLearner(): boolean {
    return this.options.learners?.ids.includes(this.id) === true;
  }

  takeImage(): void {
    this.restoreImage = this.disk.image();
  }

  /** Releases the entries that it has received. */
  releaseEntries(): void {
    const last = this.received.at(-1);
    this.received = [];
    this.holdsEntries = false;
    if (last !== undefined)
      this.input((replica) => {
        replica.released(last.index, last.term);
      });
  }

  /** Starts a read at a learner. */
  readLocally(read: number): void {
    const ripe = (): void => {
      this.say(`${this.id} answers read ${read} by itself, with ${this.state.index} applied`);
    };
    const askLeader = (): void => {
      this.input((replica) => {
        this.say(replica.read(read) ? `${this.id} asks the leader for read ${read}` : `${this.id} knows no leader`);
      });
    };
    this.localReads?.start({ concerns: () => true, ripe, askLeader }, this.clock(), this.state.index);
  }

  /** Lets the disk answer. */
  persist(): void {
    if (this.writing === null || this.replica === null) return;
    const { write, ready } = this.writing;
    this.writing = null;
    this.disk.sync(write);
    if (write.storePage?.done === true) {
      this.state = this.disk.state;
      this.say(`${this.id} has the snapshot of ${this.state.index}/${this.state.term}`);
    }
    this.send(ready.sendAfterPersist);
    this.replica.persisted(this.disk.lastIndex, this.disk.termAt(this.disk.lastIndex) ?? 0);
    this.pump(this.replica);
  }

  describeLog(): string {
    const first = this.disk.firstIndex;
    const last = this.replica?.status().lastIndex ?? this.disk.lastIndex;
    const terms: string[] = [];
    for (let index = first; index <= last; index += 1)
      terms.push(`${index}/${this.replica?.termAt(index) ?? this.disk.termAt(index)}`);
    const commit = this.replica === null ? 'down' : `commit ${this.replica.status().commitIndex}`;
    const values = this.state.values.some((value) => value !== '')
      ? `, state ${JSON.stringify(this.state.values)}`
      : '';
    return `${this.id}: ${terms.join(' ')} | ${commit}${values}`;
  }

  private pump(replica: Replica): void {
    this.sayRole(replica);
    this.receive(replica);
    while (replica.hasReady()) {
      const ready = replica.takeReady();
      this.send(ready.sendNow);
      this.apply(ready);
      const write = writeOf(ready, this.state);
      if (write === null) this.send(ready.sendAfterPersist);
      else this.startWrite(write, ready);
      for (const { id, index } of ready.reads) this.say(`${this.id} answers read ${id} once ${index} is applied`);
      for (const id of ready.failedReads) this.say(`${this.id} can't answer read ${id}`);
      for (const { to, page } of ready.pageRequests) this.readPage(replica, to, page);
      this.sayRole(replica);
    }
    replica.applied(this.state.index);
    this.localReads?.advance(this.clock(), this.state.index);
  }

  private receive(replica: Replica): void {
    this.received = [...this.received, ...replica.takeReceived()];
    const last = this.received.at(-1);
    if (this.holdsEntries || last === undefined) return;
    this.received = [];
    replica.released(last.index, last.term);
  }

  private startWrite(write: Write, ready: Ready): void {
    this.writing = { write, ready };
    if (!this.holdsWrites) this.persist();
    else this.say(`${this.id} writes ${this.describeWrite(write)}`);
  }

  private describeWrite({ hardState, entries, storePage }: Write): string {
    const state = hardState === null ? '' : `term ${hardState.term} vote ${hardState.vote ?? 'none'} `;
    const page = storePage === null ? '' : ` page ${storePage.page}`;
    return `${state}${describeEntries(entries)}${page}`;
  }

  private apply({ apply }: Ready): void {
    if (apply.length === 0) return;
    for (const entry of apply) this.state = applyEntry(this.state, entry);
    this.say(`${this.id} applies ${describeEntries(apply)}`);
  }

  private readPage(replica: Replica, to: MemberId, page: number): void {
    if (page === 0) this.hasLostSnapshot = false;
    if (this.hasLostSnapshot) return;
    const { data, done } = pageOf(this.disk.state, page);
    replica.snapshotPage(to, page, data, done, this.disk.state.index, this.disk.state.term);
  }

  private sayRole(replica: Replica): void {
    const now = this.describeRole(replica);
    if (now === this.before) return;
    this.before = now;
    this.say(now);
  }

  private describeRole(replica: Replica): string {
    const { id, role, term, leader, mayVote, transferTo } = replica.status();
    const transfers = transferTo === null ? '' : `, transfers leadership to ${transferTo}`;
    const follows = role === 'follower' || role === 'learner' ? (leader === null ? ' of nobody' : ` of ${leader}`) : '';
    return `${id} is ${role}${follows} in term ${term}${mayVote || role === 'learner' ? '' : ', with amnesia'}${transfers}`;
  }
}
