import { storageContract } from './contracts/storage.contract.js';
import { tickerContract } from './contracts/ticker.contract.js';
import { transportContract } from './contracts/transport.contract.js';
import { MemoryNetwork } from './memory-network.js';
import { MemoryDisk, MemoryStorage } from './memory-storage.js';
import { Random } from './simulation/random.js';
import { VirtualTicker, VirtualTime } from './virtual-time.js';

storageContract('MemoryStorage', () => {
  const disk = new MemoryDisk();
  let storage: MemoryStorage | undefined;
  return {
    open: (options) => (storage = new MemoryStorage(disk, options)),
    crash: () => storage?.crash(false),
    dispose: () => storage?.close(),
  };
});

transportContract('MemoryNetwork', () => {
  const time = new VirtualTime();
  const network = new MemoryNetwork({ minDelayMs: 1, maxDelayMs: 9, loss: 0 }, time, new Random(1));
  const stops = new Map<number, () => void>();
  return {
    start: (id, receiver) => {
      const transport = network.transport(id);
      transport.start(receiver);
      stops.set(id, () => transport.close());
      return Promise.resolve(transport);
    },
    kill: (id) => {
      stops.get(id)?.();
      network.reset(id);
      return Promise.resolve();
    },
    waitFor: async (isSo) => {
      await time.runUntil(() => false, 10);
      return isSo() || time.runUntil(isSo, 1000);
    },
    dispose: () => Promise.resolve(),
  };
});

const time = new VirtualTime();
tickerContract('VirtualTicker', {
  create: (intervalMs) => new VirtualTicker(time, intervalMs),
  pass: (ms) => time.runUntil(() => false, ms),
});
