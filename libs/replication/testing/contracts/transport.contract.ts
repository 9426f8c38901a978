import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '../../src/core/messages.js';
import type { Batch, Stamp, Transport, TransportReceiver } from '../../src/ports.js';

/** Three members, 1 to 3, and the network between them. */
export interface TransportHarness {
  /** Starts a member that delivers batches to `receiver`. */
  start(id: number, receiver: TransportReceiver): Promise<Transport>;
  /** Ends a member, so that its connections break. */
  kill(id: number): Promise<void>;
  /** Waits for a condition. Resolves to whether it holds in time. */
  waitFor(isSo: () => boolean): Promise<boolean>;
  dispose(): Promise<void>;
}

class Inbox implements TransportReceiver {
  readonly messages: Message[] = [];
  readonly lost: number[] = [];

  readonly stamps: Stamp[] = [];

  receive({ stamp, messages }: Batch): void {
    this.stamps.push(stamp);
    this.messages.push(...messages);
  }

  connectionLost(peer: number): void {
    this.lost.push(peer);
  }

  get terms(): number[] {
    return this.messages.map(({ term }) => term);
  }
}

function message(from: number, to: number, term: number): Message {
  return { type: 'preVoteRequest', from, to, term, lastIndex: 7, lastTerm: 3 };
}

const STAMP: Stamp = { groupId: 'g', incarnation: 'i', knows: ['j', 'k'] };

function batch(from: number, to: number, ...messages: readonly Message[]): Batch {
  return { from, to, stamp: STAMP, messages };
}

/** Tests the behaviour of a transport. */
export function transportContract(name: string, create: () => TransportHarness): void {
  describe(`${name}, as a transport`, () => {
    let harness: TransportHarness;
    let inboxes: readonly Inbox[];
    let transports: readonly Transport[];

    beforeEach(async () => {
      harness = create();
      inboxes = [new Inbox(), new Inbox(), new Inbox()];
      transports = await Promise.all(inboxes.map((inbox, i) => harness.start(i + 1, inbox)));
    });
    afterEach(() => harness.dispose());

    const [inboxOf, transportOf] = [(id: number) => inboxes[id - 1]!, (id: number) => transports[id - 1]!];

    it('delivers each message to its receiver, complete', async () => {
      const entry = { index: 8, term: 3, data: 'x"\n€𝄞' };
      const append: Message = {
        ...{ type: 'append', from: 1, to: 2, term: 4, prevIndex: 7, prevTerm: 3, entries: [entry] },
        ...{ commitIndex: 6, round: 2, amnesia: false, recovered: { nonce: 5, index: 6 } },
      };
      transportOf(1).send([batch(1, 2, append), batch(1, 3, message(1, 3, 9))]);
      expect(await harness.waitFor(() => inboxOf(2).messages.length + inboxOf(3).messages.length === 2)).toBe(true);
      expect(inboxOf(2).messages).toEqual([append]);
      expect(inboxOf(3).messages).toEqual([message(1, 3, 9)]);
      expect(inboxOf(1).messages).toEqual([]);
      expect(inboxOf(2).stamps).toEqual([STAMP]);
    });

    it('delivers a greeting, which has no messages', async () => {
      transportOf(1).send([batch(1, 2)]);
      expect(await harness.waitFor(() => inboxOf(2).stamps.length === 1)).toBe(true);
      expect([inboxOf(2).stamps, inboxOf(2).messages]).toEqual([[STAMP], []]);
    });

    it('keeps the order of messages from one member to another', async () => {
      const terms = Array.from({ length: 500 }, (_, i) => i);
      for (const term of terms) transportOf(1).send([batch(1, 2, message(1, 2, term))]);
      expect(await harness.waitFor(() => inboxOf(2).messages.length === terms.length)).toBe(true);
      expect(inboxOf(2).terms).toEqual(terms);
    });

    it('works in both directions, and accepts a send without batches', async () => {
      transportOf(1).send([]);
      transportOf(2).send([batch(2, 1, message(2, 1, 5))]);
      transportOf(1).send([batch(1, 2, message(1, 2, 6))]);
      expect(await harness.waitFor(() => inboxOf(1).messages.length + inboxOf(2).messages.length === 2)).toBe(true);
      expect([inboxOf(1).terms, inboxOf(2).terms]).toEqual([[5], [6]]);
    });

    it('reports a broken connection to a killed member, and keeps sending to the others', async () => {
      transportOf(1).send([batch(1, 2, message(1, 2, 1))]);
      await harness.waitFor(() => inboxOf(2).messages.length === 1);
      await harness.kill(2);
      expect(await harness.waitFor(() => inboxOf(1).lost.includes(2))).toBe(true);
      transportOf(1).send([batch(1, 2, message(1, 2, 2)), batch(1, 3, message(1, 3, 2))]);
      expect(await harness.waitFor(() => inboxOf(3).messages.length === 1)).toBe(true);
      expect(inboxOf(1).lost).not.toContain(3);
    });

    it('reaches a member again that was killed and restarted', async () => {
      transportOf(1).send([batch(1, 2, message(1, 2, 1))]);
      await harness.waitFor(() => inboxOf(2).messages.length === 1);
      await harness.kill(2);
      const anew = new Inbox();
      await harness.start(2, anew);
      // The first batches may be lost, until the sender detects that its connection is dead.
      const hasArrived = (): boolean => {
        if (anew.messages.length === 0) transportOf(1).send([batch(1, 2, message(1, 2, 3))]);
        return anew.messages.length > 0;
      };
      expect(await harness.waitFor(hasArrived)).toBe(true);
      expect(anew.messages[0]).toEqual(message(1, 2, 3));
    });

    it('is silent once it is closed', async () => {
      transportOf(2).close();
      transportOf(1).send([batch(1, 2, message(1, 2, 1)), batch(1, 3, message(1, 3, 1))]);
      expect(await harness.waitFor(() => inboxOf(3).messages.length === 1)).toBe(true);
      expect(inboxOf(2).messages).toEqual([]);
    });
  });
}
