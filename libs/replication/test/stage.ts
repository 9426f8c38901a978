import type { CoreOptions } from '../src/core/core-options.js';
import { InvariantViolation } from '../src/core/invariant.js';
import type { MemberId, Message } from '../src/core/messages.js';
import { Actor } from './actor.js';
import { describeMessage } from './describe-message.js';
import { Wire } from './wire.js';

const DEFAULTS = {
  heartbeatTicks: 2,
  electionTicks: 10,
  preferenceDelayTicks: 5,
  maxEntriesPerAppend: 100,
  maxBytesPerAppend: 10_000,
  maxAppendsInFlight: 2,
  maxUncommittedEntries: 100,
};

/** Length of a tick, in milliseconds. */
const TICK_MS = 25;

/**
 * Plays a script: a few members, messages between them on a wire that moves only when the script says so, and a trace of the
 * events. A line is a command with its arguments; `#` begins a comment. The commands are the methods of the table below.
 */
export class Stage {
  private readonly actors = new Map<MemberId, Actor>();
  private readonly wire = new Wire();
  private learners: readonly MemberId[] = [];
  private now = 0;
  private hasBegun = false;
  private detail: 'all' | 'brief' | 'none' = 'all';
  private lines: string[] = [];

  /** Plays a script. Returns its commands, each followed by its trace. */
  play(script: string): string {
    for (const line of script.split('\n')) {
      const [command = '', ...args] = (line.split('#')[0] ?? '').trim().split(/\s+/);
      if (command === '') continue;
      this.lines.push(`> ${[command, ...args].join(' ')}`);
      this.perform(command, args);
      this.detail = 'all';
    }
    return `${this.lines.join('\n')}\n`;
  }

  private readonly commands: Readonly<Record<string, (args: readonly string[]) => void>> = {
    /** group 3 prefer heartbeatTicks=1 keep=5: number of members, options of the core, and number of applied entries kept */
    group: (args) => {
      this.createGroup(args);
    },
    /** given 1 term 6 log 1 1 4: initial contents of a disk */
    given: ([id, , term, , ...terms]) => {
      this.actor(id).give(Number(term), terms.map(Number));
    },
    /** quietly run 5: without a trace; briefly run 5: without messages */
    quietly: ([command = '', ...args]) => {
      this.detail = 'none';
      this.perform(command, args);
    },
    briefly: ([command = '', ...args]) => {
      this.detail = 'brief';
      this.perform(command, args);
    },
    /** tick 1 5, tick all: time passes */
    tick: ([who, times = '1']) => {
      this.repeat(times, () => {
        this.now += TICK_MS;
        this.each(who, (actor) => {
          actor.input((replica) => {
            replica.tick(this.now);
          });
        });
      });
    },
    /** pass 500: milliseconds pass while all members are frozen */
    pass: ([ms]) => {
      this.now += Number(ms);
    },
    /** timeout 1: time passes at member 1 until it asks for votes */
    timeout: ([id]) => {
      this.timeout(this.actor(id));
    },
    /** run 5: time passes at all members, and all messages are delivered */
    run: ([times = '1']) => {
      this.repeat(times, () => {
        this.perform('tick', ['all']);
        this.settle();
      });
    },
    /** elect 1: member 1 times out, and all messages are delivered */
    elect: ([id]) => {
      this.timeout(this.actor(id));
      this.settle();
    },
    settle: () => {
      this.settle();
    },
    /** deliver 1->2 append; deliver all appendResponse */
    deliver: (args) => {
      for (const message of this.wire.take(args)) this.deliver(message);
    },
    /** deliverReversed: as deliver, but the newest first */
    deliverReversed: (args) => {
      for (const message of this.wire.take(args).reverse()) this.deliver(message);
    },
    drop: (args) => {
      for (const message of this.wire.take(args)) this.say(`lost: ${describeMessage(message, this.learners)}`);
    },
    /** keep late 1->2 append: takes it off the wire, for `replay late` */
    keep: ([name = '', ...args]) => {
      this.wire.keep(name, args);
    },
    /** copy late 1->2 append: as keep, but it is also delivered in time */
    copy: ([name = '', ...args]) => {
      this.wire.copy(name, args);
    },
    replay: ([name = '']) => {
      for (const message of this.wire.kept(name)) this.deliver(message);
    },
    /** cut 1->2; cut 1 2; isolate 1; heal: messages on cut links are lost */
    cut: (args) => {
      this.wire.cut(args);
    },
    isolate: ([id]) => {
      for (const other of this.actors.keys()) this.wire.cut([String(id), String(other)]);
    },
    heal: () => {
      this.wire.heal();
    },
    /** lose timeoutNow: all messages of this type are lost from now on */
    lose: ([type = '']) => {
      this.wire.lose(type);
    },
    /** hold 1: the disk of member 1 answers only to `persist 1`, until `release 1` */
    hold: ([id]) => {
      this.actor(id).holdsWrites = true;
    },
    release: ([id]) => {
      this.actor(id).holdsWrites = false;
      this.actor(id).persist();
    },
    persist: ([id]) => {
      this.actor(id).persist();
    },
    crash: ([id]) => {
      this.actor(id).crash();
    },
    restart: ([id]) => {
      this.actor(id).start();
    },
    /** forget 1: member 1 crashes, and its disk comes back empty, which it notices */
    forget: ([id]) => {
      this.actor(id).crash();
      this.actor(id).disk.loseEverything();
    },
    /** forgetLog 1: member 1 crashes, and its log is gone, which it does not notice */
    forgetLog: ([id]) => {
      const { disk } = this.actor(id);
      const { hardState } = disk;
      this.perform('replace', [String(id)]);
      disk.hardState = hardState;
    },
    /** replace 1: member 1 crashes, and comes back with a new disk, like a new member */
    replace: ([id]) => {
      this.perform('forget', [String(id)]);
      this.actor(id).disk.mayVote = true;
    },
    /** image 4 … crash 4 … restoreImage 4: the disk of member 4 loses later writes, which were not synced */
    image: ([id]) => {
      this.actor(id).takeImage();
    },
    restoreImage: ([id]) => {
      this.actor(id).restoreImage();
    },
    /** loseSnapshot 1: the snapshot that member 1 has open for sending is gone */
    loseSnapshot: ([id]) => {
      this.actor(id).hasLostSnapshot = true;
    },
    propose: ([id, ...data]) => {
      this.actor(id).input((replica) => {
        this.say(JSON.stringify(replica.propose(data)));
      });
    },
    read: ([id, read]) => {
      this.actor(id).input((replica) => {
        this.say(replica.read(Number(read)) ? 'taken' : 'not the leader');
      });
    },
    transfer: ([id, to]) => {
      this.actor(id).input((replica) => {
        this.say(replica.transferLeadership(Number(to)) ? 'begins' : 'refused');
      });
    },
    suspect: ([id, leader]) => {
      this.actor(id).input((replica) => {
        replica.suspectLeader(Number(leader));
      });
    },
    unreachable: ([id, peer]) => {
      this.actor(id).input((replica) => {
        replica.unreachable(Number(peer));
      });
    },
    /** readLocally 4 1: read 1 at learner 4 */
    readLocally: ([id, read]) => {
      this.actor(id).readLocally(Number(read));
    },
    /** holdEntries 4: member 4 acknowledges no entries until `releaseEntries 4` */
    holdEntries: ([id]) => {
      this.actor(id).holdsEntries = true;
    },
    releaseEntries: ([id]) => {
      this.actor(id).releaseEntries();
    },
    learners: ([id]) => {
      this.actor(id).input((replica) => {
        const { commitIndex, settledIndex, learners } = replica.status();
        this.say(`commit ${commitIndex}, settled ${settledIndex}`);
        for (const { id: learner, matchIndex, leaseMs } of learners)
          this.say(
            `${learner} acknowledged ${matchIndex}, ${leaseMs === null ? 'no lease' : `lease for ${leaseMs} ms`}`,
          );
      });
    },
    wire: () => {
      for (const message of this.wire.all) this.say(describeMessage(message, this.learners));
    },
    logs: () => {
      this.each('all', (actor) => {
        this.say(actor.describeLog());
      });
    },
    voters: ([id]) => {
      this.actor(id).input((replica) => {
        for (const voter of replica.status().voters) this.say(JSON.stringify(voter));
      });
    },
  };

  private perform(command: string, args: readonly string[]): void {
    const run = this.commands[command];
    if (run === undefined) throw new Error(`no such command: ${command}`);
    if (!this.hasBegun && command !== 'group' && command !== 'given' && command !== 'cut' && command !== 'isolate') {
      this.hasBegun = true;
      for (const actor of this.actors.values()) actor.start();
    }
    try {
      run(args);
    } catch (error) {
      if (!(error instanceof InvariantViolation)) throw error;
      this.say(`stops: ${error.message}`);
    }
  }

  private createGroup([size, ...settings]: readonly string[]): void {
    const members = Array.from({ length: Number(size) }, (_, index) => index + 1);
    const numbers = Object.fromEntries(
      settings
        .filter((setting) => setting.includes('='))
        .map((setting) => [setting.split('=')[0], Number(setting.split('=')[1])]),
    ) as Record<string, number>;
    this.learners = Array.from({ length: numbers['learners'] ?? 0 }, (_, index) => members.length + index + 1);
    const learners = { ids: this.learners, readLeaseMs: numbers['lease'] ?? 500, clockDriftMarginMs: 25 };
    for (const id of [...members, ...this.learners]) {
      const options: CoreOptions = {
        ...DEFAULTS,
        ...numbers,
        id,
        voters: members,
        preferHighestId: settings.includes('prefer'),
        ...(this.learners.length > 0 && { learners }),
      };
      const send = (messages: readonly Message[]): void => {
        this.wire.send(messages);
      };
      this.actors.set(
        id,
        new Actor(
          options,
          numbers['keep'] ?? 1000,
          send,
          (line) => {
            this.say(line);
          },
          () => this.now,
        ),
      );
    }
  }

  private timeout(actor: Actor): void {
    const { term, role } = actor.replica?.status() ?? {};
    for (let ticks = 0; ticks < 100; ticks += 1) {
      this.now += TICK_MS;
      actor.input((replica) => {
        replica.tick(this.now);
      });
      const now = actor.replica?.status();
      if (now?.term !== term || now?.role !== role) return;
    }
  }

  private settle(): void {
    let count = 0;
    for (let message = this.wire.takeFirst(); message !== undefined; message = this.wire.takeFirst()) {
      this.deliver(message);
      count += 1;
      if (count > 1000) throw new Error('the messages never end');
    }
  }

  private deliver(message: Message): void {
    if (this.detail === 'all') this.say(describeMessage(message, this.learners));
    this.actors.get(message.to)?.input((replica) => {
      replica.step(message, this.now);
    });
  }

  private each(who: string | undefined, act: (actor: Actor) => void): void {
    if (who === 'all') for (const actor of this.actors.values()) act(actor);
    else act(this.actor(who));
  }

  private repeat(times: string, act: () => void): void {
    for (let time = 0; time < Number(times); time += 1) act();
  }

  private actor(id: string | undefined): Actor {
    const actor = this.actors.get(Number(id));
    if (actor === undefined) throw new Error(`no member ${id}`);
    return actor;
  }

  private say(line: string): void {
    if (this.detail !== 'none') this.lines.push(`  ${line}`);
  }
}
