import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storageContract, type StorageHarness } from '../../testing/contracts/storage.contract.js';
import { SqliteStorage } from './sqlite-storage.js';

function createDisk(): StorageHarness {
  const newDirectory = (): string => mkdtempSync(join(tmpdir(), 'storage-'));
  const directories = [newDirectory()];
  const current = (): string => directories.at(-1) ?? '';
  const opened: SqliteStorage[] = [];
  const closeAll = (): void => opened.splice(0).forEach((storage) => storage.close());
  return {
    open: (options) => {
      // A process may have it open only once.
      closeAll();
      const storage = new SqliteStorage({ ...options, directory: current(), group: 'test', id: 1, voters: [1] });
      opened.push(storage);
      return storage;
    },
    // As after kill -9: the files as they are while the database is open.
    crash: () => {
      const killed = current();
      directories.push(newDirectory());
      for (const name of readdirSync(killed)) {
        if (name !== 'lock.db') copyFileSync(join(killed, name), join(current(), name));
      }
    },
    dispose: () => {
      closeAll();
      for (const directory of directories) rmSync(directory, { recursive: true });
    },
  };
}

storageContract('SqliteStorage', createDisk);
