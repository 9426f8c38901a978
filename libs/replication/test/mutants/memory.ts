import { change, type Mutant } from './mutant.js';

export const memoryMutants: readonly Mutant[] = [
  {
    name: 'member without memory votes',
    changes: [
      change('voting.ts', '!hearsLeader &&\n    state.memory.mayVote &&', '!hearsLeader &&'),
      change('voting.ts', 'const granted =\n    state.memory.mayVote &&', 'const granted ='),
    ],
    caughtBy: /vote once|leader completeness|durability/,
  },
  {
    name: 'new member votes in an old group',
    changes: [change('terms.ts', 'if (state.isNew && !isFromItsBirth(message)) state.memory.lose();', '')],
    caughtBy: /vote once|leader completeness|durability|election safety|state machine/,
  },
  {
    name: 'members without memory wait for each other',
    changes: [change('recovery.ts', '!other.memoryLost && other.round', 'other.counts && other.round')],
    caughtBy: /progress/,
  },
  {
    name: 'member without memory counts',
    changes: [
      change('progress.ts', '!this.isLearner && this.recovery === null && !this.memoryLost', '!this.isLearner'),
    ],
    caughtBy: null,
  },
  {
    name: 'memory restored before the others have confirmed',
    changes: [change('recovery.ts', 'if (allAnswered)', 'if (allAnswered || others.length > 0)')],
    caughtBy: null,
  },
  {
    name: 'memory restored before the log is there',
    changes: [change('append-receiver.ts', '|| agreed < permission.index', '')],
    caughtBy: /./,
  },
  {
    name: 'acknowledgement of a forgotten life counted',
    changes: [change('recovery.ts', "return answer.round < recovery.sinceRound ? 'stale' : null;", 'return null;')],
    caughtBy: /./,
  },
];
