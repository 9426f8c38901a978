import { change, type Mutant } from './mutant.js';

export const snapshotMutants: readonly Mutant[] = [
  {
    name: 'snapshot that forgets the term',
    changes: [
      change(
        'snapshot-receiver.ts',
        'this.state.out.storePage = { lastIndex, lastTerm, page: page.page, data, done };',
        'this.state.out.storePage = { lastIndex, lastTerm: 0 * lastTerm, page: page.page, data, done };',
      ),
    ],
    caughtBy: /./,
  },
  {
    name: "off by one at the snapshot's edge",
    changes: [
      change(
        'log.ts',
        '    this.tail = new Tail(lastIndex + 1);\n    this.writeFrom = lastIndex + 1;\n    this.writingTo',
        '    this.tail = new Tail(lastIndex);\n    this.writeFrom = lastIndex + 1;\n    this.writingTo',
      ),
    ],
    caughtBy: /./,
  },
  {
    name: 'snapshot acknowledged before it is installed',
    changes: [change('snapshot-receiver.ts', 'this.state.out.afterPersist.push(', 'this.state.out.now.push(')],
    caughtBy: null,
  },
  {
    name: 'appends accepted while a snapshot is being installed',
    changes: [change('append-receiver.ts', 'if (state.installing) return null;', '')],
    caughtBy: /./,
  },
  {
    name: 'pages of different snapshots mixed',
    changes: [
      change(
        'snapshot-receiver.ts',
        'incoming.number === page.snapshotNumber &&\n      incoming.lastIndex === page.lastIndex &&\n      incoming.lastTerm === page.lastTerm',
        'incoming.lastIndex > 0',
      ),
    ],
    caughtBy: /state machine safety/,
  },
  {
    name: 'entries applied on top of a snapshot that contains them',
    changes: [
      change(
        'replica.ts',
        'installing ? [] : log.takeUnapplied(options.maxUncommittedEntries, options.maxBytesPerAppend)',
        'log.takeUnapplied(options.maxUncommittedEntries, options.maxBytesPerAppend)',
      ),
      change('replica.ts', '(!installing && log.hasUnapplied())', 'log.hasUnapplied()'),
    ],
    caughtBy: /order of effects/,
  },
  {
    name: 'answer about an earlier snapshot accepted',
    changes: [change('propagation.ts', '|| response.snapshotNumber !== peer.snapshotNumber', '')],
    caughtBy: null,
  },
  {
    name: 'snapshot not restarted when the shell has lost it',
    changes: [
      change(
        'propagation.ts',
        'if (peer.pageWasSent && peer.page > 0) this.askForPage',
        'if (peer.page > 0) this.askForPage',
      ),
    ],
    caughtBy: /progress after healing/,
  },
];
