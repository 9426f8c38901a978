import { setTimeout } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { nameOf, type CompleteOptions } from '../replication.options.js';
import { SqliteStorage } from '../storage/sqlite-storage.js';
import { IntervalTicker } from './interval-ticker.js';
import type { Ports, Transport } from './ports.js';
import { tickMsOf } from './timing.js';

/** Opens the member's database. Throws `CorruptData` when that can't be trusted. */
export function realPorts(options: CompleteOptions, transport: Transport): Ports {
  const { group, id, members, role, dataDir, stateMachine, keepEntries } = options;
  const isLearner = role === 'learner';
  const isAlone = members.length === 1 && !isLearner;
  return {
    storage: new SqliteStorage({ directory: dataDir, group, id, stateMachine, keepEntries, isAlone, isLearner }),
    transport,
    ticker: new IntervalTicker(tickMsOf(options)),
    events: new Logger(nameOf(options, id)),
    now: () => performance.now(),
    defer: (run) => setImmediate(run),
    pause: (ms) => setTimeout(ms),
    random: Math.random,
  };
}
