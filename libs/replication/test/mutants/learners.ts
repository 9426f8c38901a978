import { change, type Mutant } from './mutant.js';

/** Bugs of learners and read leases. */
export const learnerMutants: readonly Mutant[] = [
  {
    name: 'lease counted from the receipt of its grant',
    changes: [
      change(
        'held-lease.ts',
        'this.grant(sentAt + leaseMs - this.options.clockDriftMarginMs, index)',
        'this.grant(this.state.now + leaseMs - this.options.clockDriftMarginMs, index)',
      ),
    ],
    caughtBy: /linearizability/,
  },
  {
    name: 'lease granted without a round',
    changes: [
      change(
        'granted-leases.ts',
        'this.reads.add({\n      confirmed: () => {\n        this.answer(peer, request, askedAt);\n      },\n      // It will ask the next leader.\n      failed: () => undefined,\n    });',
        'this.answer(peer, request, askedAt);',
      ),
    ],
    caughtBy: /linearizability/,
  },
  {
    name: 'new leader that does not wait for learners',
    changes: [change('granted-leases.ts', '[id, state.now + this.leaseMs]', '[id, -Infinity]')],
    caughtBy: /linearizability/,
  },
  {
    name: 'acknowledgement before the entries are released',
    changes: [change('learner.ts', 'Math.min(this.agreedIndex, this.receipts.releasedIndex)', 'this.agreedIndex')],
    caughtBy: /linearizability/,
  },
  {
    name: 'commit index sent instead of the settled index',
    changes: [change('propagation.ts', 'commitIndex: log.settledIndex,', 'commitIndex: log.commitIndex,')],
    caughtBy: /linearizability/,
  },
  {
    name: 'read that ignores received entries that are not applied',
    changes: [
      change(
        'local-reads.ts',
        'const received = this.core.lastReceived(read.concerns);',
        'const received = null as ReadPosition | null;',
      ),
    ],
    caughtBy: /linearizability/,
  },
  {
    name: 'learner counted for a commit',
    changes: [
      change(
        'progress.ts',
        'return !this.isLearner && this.recovery === null && !this.amnesia;',
        'return this.isLearner || (this.recovery === null && !this.amnesia);',
      ),
    ],
    caughtBy: /durability|leader completeness|linearizability/,
  },
  {
    name: 'lease whose clock stops while its learner is frozen',
    changes: [
      change(
        'held-lease.ts',
        'this.lease !== null && now < this.lease.until',
        'this.lease !== null && this.state.ticks * 25 < this.lease.until && now > -Infinity',
      ),
    ],
    caughtBy: /linearizability/,
  },
  {
    name: 'clocks that drift beyond the margin',
    changes: [change('../../testing/simulation/settings.ts', 'const DRIFT = 0.024;', 'const DRIFT = 0.9;')],
    caughtBy: /linearizability/,
  },
  {
    name: 'lease not checked again after waiting',
    changes: [
      change(
        'local-reads.ts',
        'const lease = this.core.readLease(now);\n    if (lease === null) {\n      read.askLeader();\n      return;\n    }',
        'const lease = this.core.readLease(now) ?? { since: plan.since, until: now, index: 0 };',
      ),
    ],
    caughtBy: null,
  },
  {
    name: 'new lease used before its index is applied',
    changes: [
      change(
        'local-reads.ts',
        'received.index < index ? { index, term: null, since }',
        'received.index < 0 ? { index: 0, term: null, since }',
      ),
    ],
    caughtBy: /linearizability/,
  },
  {
    name: 'acknowledgement of an earlier incarnation counted',
    changes: [
      change(
        'recovery.ts',
        "if (recovery !== null && answer.round < recovery.sinceRound) return 'stale';",
        'if (recovery !== null) return recovery;',
      ),
    ],
    caughtBy: null,
  },
  {
    name: 'lease ends with the process',
    changes: [
      change(
        'leader.ts',
        '    if (isNewIncarnation) {\n',
        "    if (isNewIncarnation) {\n      this.leases['ends'].delete(peer.id);\n",
      ),
    ],
    caughtBy: /linearizability/,
  },
  {
    name: 'entries received by an earlier incarnation acknowledged at once',
    changes: [change('receipts.ts', 'this.released = log.appliedIndex;', 'this.released = log.lastIndex;')],
    caughtBy: null,
  },
  {
    name: 'learner that releases at once, though clients hold leases of its earlier incarnation',
    changes: [
      change(
        '../../testing/simulation/learner-shell.ts',
        'scheduler.now + (settings.hasDerivedLeases ? settings.learners.readLeaseMs : 0)',
        'scheduler.now',
      ),
    ],
    caughtBy: /linearizability/,
  },
  {
    name: 'cut entry counted as released',
    changes: [change('receipts.ts', 'this.released = Math.min(this.released, last);', '')],
    caughtBy: null,
  },
  {
    name: 'learner that never acknowledges keeps its lease',
    changes: [
      change(
        'granted-leases.ts',
        'peer.matchIndex >= this.lengthAt(now - this.leaseMs) ? this.leaseMs : 0',
        'this.leaseMs',
      ),
    ],
    caughtBy: null,
  },
  {
    name: 'entries settled without learners that have not answered yet',
    changes: [
      change(
        'granted-leases.ts',
        'this.learners.filter(({ id }) => this.isHeldBy(id))',
        'this.learners.filter(({ id, matchIndex }) => matchIndex > 0 && this.isHeldBy(id))',
      ),
    ],
    caughtBy: /linearizability/,
  },
];
