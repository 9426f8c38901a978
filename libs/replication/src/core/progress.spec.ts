import { describe, expect, it } from 'vitest';
import { Progress } from './progress.js';

describe('Progress', () => {
  it('sends one append, and streams once that has been answered', () => {
    const peer = new Progress(2, 4, false);
    expect(peer.mayReceiveEntries(2)).toBe(true);
    peer.sent(6);
    expect([peer.mayReceiveEntries(2), peer.nextIndex]).toEqual([false, 5]);
    peer.accepted(6, 1);
    expect([peer.state, peer.matchIndex, peer.nextIndex]).toEqual(['replicate', 6, 7]);
    peer.sent(7);
    peer.sent(8);
    expect([peer.mayReceiveEntries(2), peer.nextIndex]).toEqual([false, 9]);
    peer.accepted(7, 1);
    expect(peer.mayReceiveEntries(2)).toBe(true);
  });

  it('never goes back below the match index', () => {
    const peer = new Progress(2, 10, false);
    peer.accepted(5, 1);
    peer.probeFrom(3);
    expect(peer.nextIndex).toBe(6);
    peer.accepted(4, 1);
    expect(peer.matchIndex).toBe(5);
  });

  it('distinguishes a new refusal from the late answer to an older question', () => {
    const peer = new Progress(2, 10, false);
    expect([peer.refusalIsNews(10), peer.refusalIsNews(9)]).toEqual([true, false]);
    peer.accepted(10, 1);
    expect([peer.refusalIsNews(10), peer.refusalIsNews(11)]).toEqual([false, true]);
  });

  it('treats a refusal as amnesia only if the question came after the acknowledgement', () => {
    const peer = new Progress(2, 10, false);
    peer.accepted(10, 3);
    expect(peer.provesAmnesia(10, 3)).toBe(false);
    expect(peer.provesAmnesia(10, 4)).toBe(true);
    expect(peer.provesAmnesia(11, 4)).toBe(false);
  });

  it('probes again after the peer was unreachable, or was silent and then answered', () => {
    const peer = new Progress(2, 10, false);
    peer.accepted(10, 1);
    peer.sent(12);
    peer.unreachable();
    expect([peer.state, peer.nextIndex]).toEqual(['probe', 11]);
    peer.sent(12);
    expect(peer.mayReceiveEntries(5)).toBe(false);
    peer.answered(1);
    expect(peer.mayReceiveEntries(5)).toBe(true);
  });
});
