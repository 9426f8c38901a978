import { beforeEach, describe, expect, it } from 'vitest';
import { entries, NOTHING } from '../../testing/contracts/storage.contract.js';
import { Counter } from '../../testing/counter.js';
import { MemoryDisk, MemoryStorage } from '../../testing/memory-storage.js';
import type { SnapshotSource } from '../ports.js';
import { SnapshotFeed } from './snapshot-feed.js';

/** A counter whose snapshot has three pages. */
class ThreePages extends Counter {
  override *snapshot(...[db]: Parameters<Counter['snapshot']>): Iterable<unknown> {
    yield 'a';
    yield 'b';
    yield Counter.sum(db);
  }
}

/** Counts the open snapshots. */
class CountingStorage extends MemoryStorage {
  open = 0;

  override openSnapshot(): SnapshotSource {
    const source = super.openSnapshot();
    this.open += 1;
    const close = (): void => {
      this.open -= 1;
      source.close();
    };
    return { ...source, close };
  }
}

describe('a feed of snapshots', () => {
  let now = 0;
  let storage: CountingStorage;
  let feed: SnapshotFeed;

  beforeEach(async () => {
    storage = new CountingStorage(new MemoryDisk(), { stateMachine: new ThreePages(), keepEntries: 100 });
    await storage.write({ ...NOTHING, entries: entries(1, 4, 2) });
    await storage.write({ ...NOTHING, apply: entries(1, 4, 2) });
    feed = new SnapshotFeed(storage, () => now);
  });

  it('reads the pages of one state in order, and marks the last one', async () => {
    expect(feed.read({ to: 2, page: 0 })).toEqual({ data: '"a"', done: false, lastIndex: 4, lastTerm: 2 });
    await storage.write({ ...NOTHING, entries: entries(5, 5, 2) });
    await storage.write({ ...NOTHING, apply: entries(5, 5, 2) });
    expect(feed.read({ to: 2, page: 1 })?.data).toBe('"b"');
    expect(feed.read({ to: 2, page: 2 })).toEqual({ data: '10', done: true, lastIndex: 4, lastTerm: 2 });
  });

  it('returns only the latest page again when it was lost', () => {
    feed.read({ to: 2, page: 0 });
    feed.read({ to: 2, page: 1 });
    expect(feed.read({ to: 2, page: 1 })?.data).toBe('"b"');
    expect(feed.read({ to: 2, page: 5 })).toBeUndefined();
    expect(feed.read({ to: 3, page: 1 })).toBeUndefined();
  });

  it('has one snapshot for each member, and starts over with page 0', () => {
    feed.read({ to: 2, page: 0 });
    feed.read({ to: 3, page: 0 });
    feed.read({ to: 2, page: 0 });
    expect(storage.open).toBe(2);
    feed.closeAll();
    expect(storage.open).toBe(0);
  });

  it('closes a snapshot that is no longer requested', () => {
    feed.read({ to: 2, page: 0 });
    now += 20_000;
    feed.read({ to: 3, page: 0 });
    now += 11_000;
    feed.closeIdle();
    expect(storage.open).toBe(1);
    expect(feed.read({ to: 2, page: 1 })).toBeUndefined();
    expect(feed.read({ to: 3, page: 1 })?.data).toBe('"b"');
  });
});
