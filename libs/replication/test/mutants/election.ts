import { change, type Mutant } from './mutant.js';

export const electionMutants: readonly Mutant[] = [
  {
    name: 'no log check in the vote',
    changes: [
      change(
        'log.ts',
        'return lastTerm > this.lastTerm || (lastTerm === this.lastTerm && lastIndex >= this.lastIndex);',
        'return lastTerm + lastIndex >= 0;',
      ),
    ],
    caughtBy: /leader completeness|state machine safety|committed entries are never cut/,
  },
  {
    name: 'log check by length alone',
    changes: [
      change(
        'log.ts',
        'return lastTerm > this.lastTerm || (lastTerm === this.lastTerm && lastIndex >= this.lastIndex);',
        'return lastTerm >= 0 && lastIndex >= this.lastIndex;',
      ),
    ],
    caughtBy: /leader completeness|state machine safety|committed entries are never cut/,
  },
  {
    name: 'vote twice in a term',
    changes: [
      change('voting.ts', '(member.vote === null || member.vote === request.from)', 'member.vote !== member.id'),
      change(
        'member.ts',
        "invariant(this.vote === null, 'one vote in each term', () => ({ term: this.term, vote: this.vote, candidate }));",
        '',
      ),
    ],
    caughtBy: /vote once|election safety|one leader in each term/,
  },
  {
    name: 'own vote counted before it is durable',
    changes: [
      change('candidates.ts', '    if (!this.isOwnVoteDurable) return;\n', ''),
      change(
        'candidates.ts',
        '    this.member.voteFor(this.member.id);\n    this.ask();\n',
        '    this.member.voteFor(this.member.id);\n    this.ask();\n    this.count();\n',
      ),
    ],
    // Only a single voter can go wrong, in one of thousands of runs.
    caughtBy: null,
  },
  {
    name: 'vote before the sync',
    changes: [change('voting.ts', 'member.out.afterPersist.push(', 'member.out.now.push(')],
    caughtBy: /vote once|election safety/,
  },
  {
    name: 'votes asked for before the own vote is durable',
    changes: [change('candidates.ts', 'out.afterPersist.push(', 'out.now.push(')],
    caughtBy: null,
  },
  {
    name: 'vote not persisted',
    changes: [change('member.ts', 'return this.hard;', 'return { term: this.term, vote: null };')],
    caughtBy: /vote once|election safety/,
  },
  {
    name: 'term not persisted',
    changes: [
      change(
        'member.ts',
        'this.hard = { term, vote: null };\n    this.hardStateChanged = true;',
        'this.hard = { term, vote: null };',
      ),
      change(
        'member.ts',
        'this.hard = { term: this.term, vote: candidate };\n    this.hardStateChanged = true;',
        'this.hard = { term: this.term, vote: candidate };',
      ),
      change(
        'member.ts',
        "invariant(this.log.lastTerm <= hardState.term, 'the log is not ahead of the term', () => ({",
        'invariant(true, "", () => ({',
      ),
    ],
    caughtBy: /persistence|election safety|vote once|log matching|the log is not ahead of the term|terms never fall/,
  },
  {
    name: 'transfer to one that lags',
    changes: [change('transfer.ts', '|| peer.matchIndex !== this.member.log.lastIndex', '')],
    caughtBy: null,
  },
  {
    name: 'proposals taken during a transfer',
    changes: [
      change('replica.ts', "if (target !== null) return { ok: false, reason: 'transferring', leader: target };", ''),
    ],
    caughtBy: null,
  },
  {
    name: 'failed transfer never called off',
    changes: [
      change(
        'transfer.ts',
        'if (this.ticks < this.member.options.electionTicks) return;',
        'if (this.ticks < 1e9) return;',
      ),
    ],
    caughtBy: /progress after healing/,
  },
  {
    name: 'stale term accepted',
    changes: [
      change(
        'terms.ts',
        'if (message.term < member.term) {\n    answerStale(member, message);\n    return false;\n  }',
        'if (message.term < member.term) answerStale(member, message);',
      ),
    ],
    caughtBy: /./,
  },
  {
    name: 'pre-vote that moves the term',
    changes: [
      change(
        'terms.ts',
        "if (message.type === 'preVoteRequest') return true;",
        "if (message.type === 'preVoteRequest') {\n    if (message.term > member.term) to.becomeFollower(message.term, null);\n    return true;\n  }",
      ),
    ],
    caughtBy: /progress after healing/,
  },
  {
    name: 'pre-vote granted while the leader lives',
    changes: [change('voting.ts', '!hearsLeader &&', 'true &&')],
    caughtBy: null,
  },
  {
    name: 'two ask at the same moment, and both become candidates',
    changes: [change('candidates.ts', 'if (id < this.member.id || this.hasYielded) return;', 'if (id > 0) return;')],
    caughtBy: null,
  },
  {
    name: 'lets a higher id go first again and again',
    changes: [change('candidates.ts', ' || this.hasYielded) return;', ') return;')],
    caughtBy: null,
  },
  {
    name: 'asks while the candidacy of a higher id is on its way',
    changes: [
      change('follower.ts', 'Math.max(this.asksAt, this.ticks + this.member.options.heartbeatTicks)', 'this.asksAt'),
    ],
    caughtBy: null,
  },
  {
    name: 'leader without a majority stays',
    changes: [change('leader.ts', 'return heard.length + 1 >= this.member.quorum;', 'return heard.length >= 0;')],
    caughtBy: /progress after healing/,
  },
  {
    name: 'election timeouts without randomness',
    changes: [
      change(
        'member.ts',
        'return electionTicks + Math.floor(this.random() * electionTicks);',
        'return electionTicks + Math.floor(0 * this.random());',
      ),
    ],
    caughtBy: null,
  },
];
