import { describe, expect, it } from 'vitest';
import type { AppendResponse } from './messages.js';
import { Progress } from './progress.js';
import { nextIncarnation, nextRecovery, permissionFor, permitRecovered } from './recovery.js';

const answer = (round: number, nonce: number | null): AppendResponse => ({
  type: 'appendResponse',
  from: 2,
  to: 1,
  term: 1,
  accepted: true,
  index: 5,
  hintIndex: 0,
  hintTerm: 0,
  round,
  nonce,
});

describe('the recovery of a member with amnesia', () => {
  it('begins with its first report, and again with each incarnation', () => {
    const peer = new Progress(2, 5, false);
    peer.recovery = { nonce: 7, sinceRound: 4, upTo: 5 };
    expect(nextRecovery(peer, answer(4, 7), 9)).toBe(peer.recovery);
    expect(nextRecovery(peer, answer(4, 8), 9)).toEqual({ nonce: 8, sinceRound: 10, upTo: null });
  });

  it('ends only with an answer to a later round', () => {
    const peer = new Progress(2, 5, false);
    expect(nextRecovery(peer, answer(1, null), 9)).toBeNull();
    peer.recovery = { nonce: 7, sinceRound: 4, upTo: 5 };
    expect(nextRecovery(peer, answer(3, null), 9)).toBe('stale');
    expect(nextRecovery(peer, answer(4, null), 9)).toBeNull();
  });

  it('needs all others to confirm the term, not only a majority', () => {
    const peers = new Map([2, 3, 4, 5].map((id) => [id, new Progress(id, 5, false)]));
    const [lost, ...others] = [...peers.values()] as [Progress, ...Progress[]];
    lost.recovery = { nonce: 7, sinceRound: 4, upTo: null };
    for (const other of others.slice(1)) other.answered(4);
    permitRecovered(peers, 9);
    expect(permissionFor(lost)).toBeNull();
    others[0]?.answered(4);
    permitRecovered(peers, 9);
    expect(permissionFor(lost)).toEqual({ nonce: 7, index: 9 });
  });
});

describe('the incarnations of a learner', () => {
  it('are ordered: an answer to a round that began after the last report is from a later one', () => {
    const peer = new Progress(4, 5, true);
    expect(nextIncarnation(peer, answer(3, 7), 9)).toEqual({ nonce: 7, sinceRound: 10, upTo: null });
    peer.recovery = { nonce: 7, sinceRound: 10, upTo: null };
    expect(nextIncarnation(peer, answer(3, 7), 12)).toBe(peer.recovery);
    expect(nextIncarnation(peer, answer(9, 6), 12)).toBe('stale');
    expect(nextIncarnation(peer, answer(10, 8), 12)).toEqual({ nonce: 8, sinceRound: 13, upTo: null });
    expect(nextIncarnation(peer, answer(11, null), 12)).toBe('stale');
  });
});
