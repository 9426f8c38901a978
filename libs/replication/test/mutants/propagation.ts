import { change, type Mutant } from './mutant.js';

export const propagationMutants: readonly Mutant[] = [
  {
    name: 'acknowledgement before the sync',
    changes: [
      change('follower.ts', 'this.state.out.afterPersist.push(response);', 'this.state.out.now.push(response);'),
    ],
    caughtBy: /durability|leader completeness/,
  },
  {
    name: 'own entry counted before the sync',
    changes: [change('leader.ts', '[log.durableIndex, ...', '[log.lastIndex, ...')],
    caughtBy: /durability|leader completeness/,
  },
  {
    name: 'applied before it is durable here',
    changes: [
      change(
        'log.ts',
        'return this.applied < Math.min(this.settled, this.durable);',
        'return this.applied < this.settled;',
      ),
      change('log.ts', 'const upTo = Math.min(this.settled, this.durable);', 'const upTo = this.settled;'),
    ],
    caughtBy: /commit monotonic|what was applied is in the log/,
  },
  {
    name: "old term's entry counted",
    changes: [
      change('leader.ts', 'index > log.commitIndex && log.matches(index, this.state.term)', 'index > log.commitIndex'),
    ],
    caughtBy: null,
  },
  {
    name: 'reply before the quorum',
    changes: [
      change(
        'leader.ts',
        'const index = nthHighest(held, quorum);',
        'const index = nthHighest(held, Math.max(1, quorum - 1));',
      ),
    ],
    caughtBy: /durability|leader completeness/,
  },
  {
    name: 'append without the previous-entry check',
    changes: [
      change(
        'append-receiver.ts',
        '!covered && !log.matches(append.prevIndex, append.prevTerm)',
        '!covered && log.lastIndex < append.prevIndex',
      ),
    ],
    caughtBy: /log matching|durability|state machine safety|terms never fall/,
  },
  {
    name: 'previous entry unchecked up to the last index instead of the commit index',
    changes: [change('append-receiver.ts', 'append.prevIndex < log.commitIndex', 'append.prevIndex < log.lastIndex')],
    caughtBy: /./,
  },
  {
    name: 'conflict not truncated',
    changes: [
      change('log.ts', '({ index, term }) => !this.matches(index, term)', '({ index }) => index > this.lastIndex'),
    ],
    caughtBy: /durability|log matching|state machine safety|the log has no gaps/,
  },
  {
    name: 'late append shortens the log',
    changes: [
      change(
        'log.ts',
        'entries.findIndex(({ index, term }) => !this.matches(index, term))',
        'entries.length > 0 ? 0 : -1',
      ),
    ],
    caughtBy: /durability|commit|golden script|leader completeness/,
  },
  {
    name: 'commit beyond the index that is known to match',
    changes: [
      change(
        'append-receiver.ts',
        'Math.min(append.commitIndex, agreed)',
        'Math.min(append.commitIndex, log.lastIndex)',
      ),
    ],
    caughtBy: /state machine safety|committed entries are never cut/,
  },
  {
    name: 'own tail acknowledged',
    changes: [change('append-receiver.ts', 'index: agreed,', 'index: log.lastIndex,')],
    caughtBy: /durability|state machine safety|leader completeness|no gaps|persistence/,
  },
  {
    name: 'write in progress counted after its tail was cut',
    changes: [change('log.ts', 'this.writingTo = Math.min(this.writingTo, index - 1);', '')],
    caughtBy: /./,
  },
  {
    name: 'lost probe never repeated',
    changes: [change('progress.ts', '    this.waitsForProbe = false;\n    this.round =', '    this.round =')],
    caughtBy: /progress after healing/,
  },
  {
    name: 'lost pipeline behind a cleared log never noticed',
    changes: [
      change(
        'propagation.ts',
        "if (peer.state === 'replicate' && log.termAt(peer.nextIndex - 1) === undefined) peer.probeFrom(peer.matchIndex + 1);",
        '',
      ),
    ],
    caughtBy: /progress after healing/,
  },
];
