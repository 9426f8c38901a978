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
      change('voting.ts', '(state.vote === null || state.vote === request.from)', 'state.vote !== state.id'),
      change(
        'replica-state.ts',
        "invariant(this.vote === null, 'one vote in each term', () => ({ term: this.term, vote: this.vote, candidate }));",
        '',
      ),
    ],
    caughtBy: /vote once|election safety|one leader in each term/,
  },
  {
    name: 'own vote counted before it is durable',
    changes: [
      change('candidate.ts', '    if (!this.isOwnVoteDurable) return;\n', ''),
      change(
        'candidate.ts',
        '    this.state.voteFor(this.state.id);\n    this.ask();\n',
        '    this.state.voteFor(this.state.id);\n    this.ask();\n    this.count();\n',
      ),
    ],
    // Only a single voter can fail, in one of thousands of runs.
    caughtBy: null,
  },
  {
    name: 'vote before the sync',
    changes: [change('voting.ts', 'state.out.afterPersist.push(', 'state.out.now.push(')],
    caughtBy: /vote once|election safety/,
  },
  {
    name: 'votes requested before the own vote is durable',
    changes: [change('candidate.ts', 'out.afterPersist.push(', 'out.now.push(')],
    caughtBy: null,
  },
  {
    name: 'vote not persisted',
    changes: [change('replica-state.ts', 'return this.hard;', 'return { term: this.term, vote: null };')],
    caughtBy: /vote once|election safety/,
  },
  {
    name: 'term not persisted',
    changes: [
      change(
        'replica-state.ts',
        'this.hard = { term, vote: null };\n    this.hardStateChanged = true;',
        'this.hard = { term, vote: null };',
      ),
      change(
        'replica-state.ts',
        'this.hard = { term: this.term, vote: candidate };\n    this.hardStateChanged = true;',
        'this.hard = { term: this.term, vote: candidate };',
      ),
      change(
        'replica-state.ts',
        "invariant(this.log.lastTerm <= hardState.term, 'the log is not ahead of the term', () => ({",
        'invariant(true, "", () => ({',
      ),
    ],
    caughtBy: /persistence|election safety|vote once|log matching|the log is not ahead of the term|terms never fall/,
  },
  {
    name: 'leadership transfer to a target that lags',
    changes: [change('leadership-transfer.ts', '|| peer.matchIndex !== this.state.log.lastIndex', '')],
    caughtBy: null,
  },
  {
    name: 'proposals accepted during a leadership transfer',
    changes: [
      change(
        'replica.ts',
        "if (target !== null) return { ok: false, reason: 'transferringLeadership', leader: target };",
        '',
      ),
    ],
    caughtBy: null,
  },
  {
    name: 'failed leadership transfer never aborted',
    changes: [
      change(
        'leadership-transfer.ts',
        'if (this.ticks < this.state.options.electionTicks) return;',
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
        'if (message.term < state.term) {\n    answerStale(state, message);\n    return false;\n  }',
        'if (message.term < state.term) answerStale(state, message);',
      ),
    ],
    caughtBy: /./,
  },
  {
    name: 'pre-vote that changes the term',
    changes: [
      change(
        'terms.ts',
        "if (message.type === 'preVoteRequest') return true;",
        "if (message.type === 'preVoteRequest') {\n    if (message.term > state.term) to.becomeFollower(message.term, null);\n    return true;\n  }",
      ),
    ],
    caughtBy: /progress after healing/,
  },
  {
    name: 'pre-vote granted while the leader lives',
    changes: [change('voting.ts', '!hasLiveLeader &&', 'true &&')],
    caughtBy: null,
  },
  {
    name: 'two ask at the same moment, and both become candidates',
    changes: [change('pre-candidate.ts', 'if (id < this.state.id || this.hasYielded) return;', 'if (id > 0) return;')],
    caughtBy: null,
  },
  {
    name: 'repeatedly lets a higher id go first',
    changes: [change('pre-candidate.ts', ' || this.hasYielded) return;', ') return;')],
    caughtBy: null,
  },
  {
    name: 'asks while the candidacy of a higher id is on its way',
    changes: [
      change('follower.ts', 'Math.max(this.asksAt, this.ticks + this.state.options.heartbeatTicks)', 'this.asksAt'),
    ],
    caughtBy: null,
  },
  {
    name: 'leader without a majority stays',
    changes: [change('leader.ts', 'return live.length + 1 >= this.state.quorum;', 'return live.length >= 0;')],
    caughtBy: /progress after healing/,
  },
  {
    name: 'election timeouts without randomness',
    changes: [
      change(
        'replica-state.ts',
        'return electionTicks + Math.floor(this.random() * electionTicks);',
        'return electionTicks + Math.floor(0 * this.random());',
      ),
    ],
    caughtBy: null,
  },
];
