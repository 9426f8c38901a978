import { change, type Mutant } from './mutant.js';

export const amnesiaMutants: readonly Mutant[] = [
  {
    name: 'member with amnesia votes',
    changes: [
      change('voting.ts', '!hasLiveLeader &&\n    state.amnesia.mayVote &&', '!hasLiveLeader &&'),
      change('voting.ts', 'const granted =\n    state.amnesia.mayVote &&', 'const granted ='),
    ],
    caughtBy: /vote once|leader completeness|durability/,
  },
  {
    name: 'new member votes in an old group',
    changes: [change('terms.ts', 'if (state.isNew && !isFromItsBirth(message)) state.amnesia.begin();', '')],
    caughtBy: /vote once|leader completeness|durability|election safety|state machine/,
  },
  {
    name: 'members with amnesia wait for each other',
    changes: [change('recovery.ts', '!other.amnesia && other.round', 'other.counts && other.round')],
    caughtBy: /progress/,
  },
  {
    name: 'member with amnesia counts',
    changes: [change('progress.ts', '!this.isLearner && this.recovery === null && !this.amnesia', '!this.isLearner')],
    caughtBy: null,
  },
  {
    name: 'amnesia ended before the others have confirmed',
    changes: [change('recovery.ts', 'if (allAnswered)', 'if (allAnswered || others.length > 0)')],
    caughtBy: null,
  },
  {
    name: 'amnesia ended before the log is complete',
    changes: [change('append-receiver.ts', '|| agreed < permission.index', '')],
    caughtBy: /./,
  },
  {
    name: 'acknowledgement of a forgotten incarnation counted',
    changes: [change('recovery.ts', "return answer.round < recovery.sinceRound ? 'stale' : null;", 'return null;')],
    caughtBy: /./,
  },
];
