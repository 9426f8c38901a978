import { change, type Mutant } from './mutant.js';

export const readsMutants: readonly Mutant[] = [
  {
    name: 'read without a round',
    changes: [
      change(
        'reads.ts',
        'this.gathered.push(reader);\n    if (this.batches.length === 0) this.begin();',
        'reader.confirmed(this.state.log.commitIndex);',
      ),
    ],
    caughtBy: /linearizability/,
  },
  {
    name: 'read answered by a lease',
    changes: [
      change(
        'reads.ts',
        'this.gathered.push(reader);\n    if (this.batches.length === 0) this.begin();',
        'if (this.knowsCommitIndex()) reader.confirmed(this.state.log.commitIndex);\n    else reader.failed();',
      ),
    ],
    caughtBy: /linearizability/,
  },
  {
    name: 'read answered by a round that began before it',
    changes: [change('reads.ts', 'this.propagation.heartbeat();\n    this.roundBegan();', 'this.roundBegan();')],
    caughtBy: /linearizability/,
  },
  {
    name: 'read round confirmed by one answer too few',
    changes: [
      change(
        'leader.ts',
        'voters.map((peer) => peer.round)], quorum)',
        'voters.map((peer) => peer.round)], Math.max(1, quorum - 1))',
      ),
    ],
    caughtBy: /linearizability/,
  },
  {
    name: 'a round number used twice',
    changes: [change('propagation.ts', 'this.round += 1;', 'this.round = this.round % 3 + 1;')],
    caughtBy: /linearizability|progress/,
  },
  {
    name: 'read before the first commit of the term',
    changes: [
      change('reads.ts', 'return this.state.log.matches(this.state.log.commitIndex, this.state.term);', 'return true;'),
    ],
    caughtBy: /linearizability/,
  },
];
