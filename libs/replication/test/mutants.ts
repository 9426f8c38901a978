/** A deliberate bug of the core: texts that occur exactly once in a source file, and what takes their place. */
export interface Mutant {
  readonly name: string;
  /** In `src/core`. */
  readonly changes: readonly { readonly file: string; readonly from: string; readonly to: string }[];
  /** Property or invariant by which the simulation notices it, if it has seeds enough. Null: it costs only time or messages, which only the golden scripts see. */
  readonly caughtBy: RegExp | null;
}

const change = (file: string, from: string, to: string): Mutant['changes'][number] => ({ file, from, to });

export const mutants: readonly Mutant[] = [
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
    caughtBy: /election safety|vote once|log matching|the log is not ahead of the term|terms never fall/,
  },
  {
    name: 'acknowledgement before the sync',
    changes: [
      change(
        'append-receiver.ts',
        "member.out.afterPersist.push({\n    type: 'appendResponse',\n    from: member.id,\n    to: append.from,\n    term: member.term,\n    accepted: true,",
        "member.out.now.push({\n    type: 'appendResponse',\n    from: member.id,\n    to: append.from,\n    term: member.term,\n    accepted: true,",
      ),
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
        'return this.applied < Math.min(this.committed, this.durable);',
        'return this.applied < this.committed;',
      ),
      change('log.ts', 'const upTo = Math.min(this.committed, this.durable);', 'const upTo = this.committed;'),
    ],
    caughtBy: /commit monotonic|what was applied is in the log/,
  },
  {
    name: "old term's entry counted",
    changes: [
      change('leader.ts', 'index > log.commitIndex && log.matches(index, this.member.term)', 'index > log.commitIndex'),
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
    name: 'previous entry compared by index and not by term at commit',
    changes: [change('append-receiver.ts', 'append.prevIndex < log.commitIndex', 'append.prevIndex < log.lastIndex')],
    caughtBy: /./,
  },
  {
    name: 'conflict not truncated',
    changes: [change('log.ts', 'if (this.matches(entry.index, entry.term)) continue;', 'continue;')],
    caughtBy: /durability|log matching|state machine safety|the log has no gaps/,
  },
  {
    name: 'late append shortens the log',
    changes: [change('log.ts', 'if (this.matches(entry.index, entry.term)) continue;', '')],
    caughtBy: /durability|commit|golden script|leader completeness/,
  },
  {
    name: 'commit beyond what is known to match',
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
    caughtBy: /durability|state machine safety|leader completeness|no gaps/,
  },
  {
    name: 'write under way counted after its tail was cut',
    changes: [change('log.ts', 'this.writingTo = Math.min(this.writingTo, index - 1);', '')],
    caughtBy: /./,
  },
  {
    name: 'read without a round',
    changes: [
      change(
        'reads.ts',
        'this.gathered.push(id);\n    if (this.batches.length === 0) this.begin();',
        'this.member.out.reads.push({ id, index: this.member.log.commitIndex });',
      ),
    ],
    caughtBy: /linearizability/,
  },
  {
    name: 'read answered by a lease',
    changes: [
      change(
        'reads.ts',
        'this.gathered.push(id);\n    if (this.batches.length === 0) this.begin();',
        'if (this.knowsCommitIndex()) this.member.out.reads.push({ id, index: this.member.log.commitIndex });\n    else this.member.out.failedReads.push(id);',
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
    caughtBy: /linearizability|no answer to a round that did not begin/,
  },
  {
    name: 'read before the first commit of the term',
    changes: [
      change(
        'reads.ts',
        'return this.member.log.matches(this.member.log.commitIndex, this.member.term);',
        'return true;',
      ),
    ],
    caughtBy: /linearizability/,
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
    name: 'snapshot that forgets the term',
    changes: [
      change(
        'snapshot-receiver.ts',
        'this.member.out.storePage = { lastIndex, lastTerm, page: page.page, data, done };',
        'this.member.out.storePage = { lastIndex, lastTerm: 0 * lastTerm, page: page.page, data, done };',
      ),
    ],
    caughtBy: /./,
  },
  {
    name: "off by one at the snapshot's edge",
    changes: [
      change(
        'log.ts',
        '    this.tail = [];\n    this.tailFrom = lastIndex + 1;\n    this.writeFrom',
        '    this.tail = [];\n    this.tailFrom = lastIndex;\n    this.writeFrom',
      ),
    ],
    caughtBy: /./,
  },
  {
    name: 'snapshot acknowledged before it is installed',
    changes: [change('snapshot-receiver.ts', 'this.member.out.afterPersist.push(', 'this.member.out.now.push(')],
    caughtBy: null,
  },
  {
    name: 'appends taken while a snapshot is being installed',
    changes: [change('append-receiver.ts', 'if (member.installing) return;', '')],
    caughtBy: /./,
  },
  {
    name: 'pages of different transfers mixed',
    changes: [
      change(
        'snapshot-receiver.ts',
        '      transfer.lastIndex === page.lastIndex &&\n      transfer.lastTerm === page.lastTerm',
        '      transfer.lastIndex > 0',
      ),
    ],
    caughtBy: /state machine safety/,
  },
  {
    name: 'stale term accepted',
    changes: [
      change(
        'replica.ts',
        'if (message.term < term) {\n      this.answerStale(message);\n      return false;\n    }',
        'if (message.term < term) this.answerStale(message);',
      ),
    ],
    caughtBy: /./,
  },
  {
    name: 'pre-vote that moves the term',
    changes: [
      change(
        'replica.ts',
        "if (message.type === 'preVoteRequest') return true;",
        "if (message.type === 'preVoteRequest') {\n      if (message.term > term) this.transitions.becomeFollower(message.term, null);\n      return true;\n    }",
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
    name: 'leader without a majority stays',
    changes: [change('leader.ts', 'return heard.length + 1 >= this.member.quorum;', 'return heard.length >= 0;')],
    caughtBy: /progress after healing/,
  },
  {
    name: 'member without memory votes',
    changes: [
      change('voting.ts', '!hearsLeader &&\n    member.memory.mayVote &&', '!hearsLeader &&'),
      change('voting.ts', 'const granted =\n    member.memory.mayVote &&', 'const granted ='),
    ],
    caughtBy: /vote once|leader completeness|durability/,
  },
  {
    name: 'member without memory counts',
    changes: [change('progress.ts', 'return this.recovery === null && !this.memoryLost;', 'return true;')],
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
  {
    name: 'lost probe never repeated',
    changes: [change('progress.ts', '    this.waitsForProbe = false;\n    invariant', '    invariant')],
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
