import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Entry } from '../../src/core/messages.js';
import type { Storage, WriteBatch } from '../../src/ports.js';
import type { StateMachine } from '../../src/state-machine.js';
import { Counter } from '../counter.js';

/** A disk, on which a storage is opened repeatedly. */
export interface StorageHarness {
  open(options: { readonly stateMachine: StateMachine<unknown, unknown>; readonly keepEntries: number }): Storage;
  /** Ends the open storage as kill -9 or a power failure would: without `close`. */
  crash(): void;
  /** Removes everything. */
  dispose(): void;
}

export const NOTHING: WriteBatch = { hardState: null, mayVote: null, entries: [], storePage: null, apply: [] };

/** Creates an entry whose command adds the entry's index to a counter. */
export function entry(index: number, term = 1): Entry {
  return { index, term, data: JSON.stringify({ add: index }) };
}

export function entries(from: number, to: number, term = 1): Entry[] {
  return Array.from({ length: to - from + 1 }, (_, i) => entry(from + i, term));
}

/** Tests the behaviour of a storage. `create` returns an empty disk. */
export function storageContract(name: string, create: () => StorageHarness): void {
  describe(`${name}, as a storage`, () => {
    let disk: StorageHarness;
    let storage: Storage;

    const open = (keepEntries = 1000): Storage => (storage = disk.open({ stateMachine: new Counter(), keepEntries }));

    beforeEach(() => {
      disk = create();
      open();
    });
    afterEach(() => disk.dispose());

    it('begins empty', () => {
      expect([storage.firstIndex, storage.lastIndex, storage.appliedIndex, storage.termAt(0)]).toEqual([1, 0, 0, 0]);
      expect([storage.hardState, storage.mayVote]).toEqual([{ term: 0, vote: null }, true]);
      expect(storage.termAt(1)).toBeUndefined();
      expect(storage.entries(1, 10, 1000)).toEqual([]);
    });

    it('keeps everything over a clean restart', async () => {
      await storage.write({ ...NOTHING, hardState: { term: 3, vote: 1 }, entries: entries(1, 5, 3) });
      expect(await storage.write({ ...NOTHING, apply: entries(1, 4, 3) })).toEqual([1, 3, 6, 10]);
      storage.close();
      // Closing twice does no harm.
      storage.close();
      open();
      expect(storage.hardState).toEqual({ term: 3, vote: 1 });
      expect([storage.firstIndex, storage.lastIndex, storage.appliedIndex]).toEqual([1, 5, 4]);
      expect(storage.entries(2, 4, 1000)).toEqual(entries(2, 4, 3));
      expect(await storage.write({ ...NOTHING, apply: [entry(5, 3)] })).toEqual([15]);
    });

    it('keeps the promises of a resolved write over a crash, and can apply its entries again', async () => {
      await storage.write({ ...NOTHING, hardState: { term: 4, vote: 2 }, mayVote: false, entries: entries(1, 70, 4) });
      await storage.write({ ...NOTHING, apply: entries(1, 60, 4) });
      disk.crash();
      open();
      expect([storage.hardState, storage.mayVote]).toEqual([{ term: 4, vote: 2 }, false]);
      expect(storage.entries(1, 70, 1_000_000)).toEqual(entries(1, 70, 4));
      const { appliedIndex } = storage;
      expect(appliedIndex).toBeLessThanOrEqual(60);
      const results = await storage.write({ ...NOTHING, apply: entries(appliedIndex + 1, 70, 4) });
      expect(results.at(-1)).toBe((70 * 71) / 2);
    });

    it('replaces a conflicting tail, including terms', async () => {
      await storage.write({ ...NOTHING, entries: [...entries(1, 3, 1), ...entries(4, 6, 2)] });
      await storage.write({ ...NOTHING, entries: entries(3, 4, 5) });
      expect([1, 2, 3, 4, 5].map((index) => storage.termAt(index))).toEqual([1, 1, 5, 5, undefined]);
      expect(storage.lastIndex).toBe(4);
      disk.crash();
      open();
      expect(storage.entries(1, 9, 1000)).toEqual([...entries(1, 2, 1), ...entries(3, 4, 5)]);
    });

    it('cuts a range at its maximum size, but never to nothing', async () => {
      await storage.write({ ...NOTHING, entries: entries(1, 9) });
      const { length } = entry(1).data ?? '';
      expect(storage.entries(2, 9, 3 * length)).toEqual(entries(2, 4));
      expect(storage.entries(2, 9, 1)).toEqual([entry(2)]);
      expect(storage.entries(8, 20, 1000)).toEqual(entries(8, 9));
    });

    it('refuses entries that leave a gap, and to apply any but the next entry', async () => {
      await expect(storage.write({ ...NOTHING, entries: [entry(2)] })).rejects.toThrow('do not fit');
      open();
      await storage.write({ ...NOTHING, entries: entries(1, 3) });
      await expect(storage.write({ ...NOTHING, apply: [entry(2)] })).rejects.toThrow('1 is next');
    });

    it("rejects if the state machine throws, and returns no result for a leader's no-op", async () => {
      await storage.write({ ...NOTHING, entries: [{ index: 1, term: 1, data: null }, entry(2)] });
      expect(await storage.write({ ...NOTHING, apply: [{ index: 1, term: 1, data: null }] })).toEqual([undefined]);
      await expect(storage.write({ ...NOTHING, apply: [{ index: 2, term: 1, data: 'null' }] })).rejects.toThrow();
    });

    it('keeps a number of applied entries and deletes older ones, but never an unapplied one', async () => {
      storage.close();
      open(10);
      await storage.write({ ...NOTHING, entries: entries(1, 50, 2), apply: [] });
      await storage.write({ ...NOTHING, apply: entries(1, 30, 2) });
      expect([storage.firstIndex, storage.lastIndex]).toEqual([21, 50]);
      expect([19, 20, 21].map((index) => storage.termAt(index))).toEqual([undefined, 2, 2]);
      disk.crash();
      open(10);
      expect(storage.appliedIndex).toBeGreaterThanOrEqual(storage.firstIndex - 1);
      expect(storage.entries(21, 22, 1)).toEqual([entry(21, 2)]);
    });

    it('reads a consistent snapshot during writes', async () => {
      await storage.write({ ...NOTHING, entries: entries(1, 9, 4) });
      await storage.write({ ...NOTHING, apply: entries(1, 9, 4) });
      const snapshot = storage.openSnapshot();
      await storage.write({ ...NOTHING, entries: [entry(10, 5)] });
      await storage.write({ ...NOTHING, apply: [entry(10, 5)] });
      const pages = [...{ [Symbol.iterator]: () => snapshot.pages }];
      snapshot.close();
      expect([snapshot.lastIndex, snapshot.lastTerm, pages]).toEqual([9, 4, [{ data: '45', done: true }]]);
    });

    it('accepts a snapshot in pages; the last one replaces state and log', async () => {
      await storage.write({ ...NOTHING, entries: entries(1, 3) });
      const page = { lastIndex: 9, lastTerm: 4 };
      await storage.write({ ...NOTHING, storePage: { ...page, page: 0, data: '13', done: false } });
      expect([storage.lastIndex, storage.appliedIndex]).toEqual([3, 0]);
      disk.crash();
      open();
      await storage.write({ ...NOTHING, storePage: { ...page, page: 1, data: '45', done: true } });
      for (const again of [false, true]) {
        if (again) {
          disk.crash();
          open();
        }
        expect([storage.firstIndex, storage.lastIndex, storage.appliedIndex]).toEqual([10, 9, 9]);
        expect([storage.termAt(9), storage.termAt(8)]).toEqual([4, undefined]);
      }
      await storage.write({ ...NOTHING, entries: [entry(10, 4)] });
      expect(await storage.write({ ...NOTHING, apply: [entry(10, 4)] })).toEqual([55]);
    });

    it('starts a snapshot over with page 0', async () => {
      const page = { lastIndex: 9, lastTerm: 4 };
      await storage.write({ ...NOTHING, storePage: { ...page, page: 0, data: '1', done: false } });
      await storage.write({ ...NOTHING, storePage: { ...page, page: 1, data: '2', done: false } });
      await storage.write({ ...NOTHING, storePage: { ...page, page: 0, data: '45', done: true } });
      await storage.write({ ...NOTHING, entries: [entry(10, 4)] });
      expect(await storage.write({ ...NOTHING, apply: [entry(10, 4)] })).toEqual([55]);
    });
  });
}
