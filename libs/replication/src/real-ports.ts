import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { nameOf, type CompleteOptions } from './replication.options.js';
import { SqliteStorage } from './storage/sqlite-storage.js';
import { IntervalTicker } from './driver/interval-ticker.js';
import type { Ports, Transport } from './ports.js';
import { tickMsOf } from './driver/timing.js';

/** Creates the real ports and opens the member's database. Throws `CorruptData` if that can't be trusted. */
export function realPorts(options: CompleteOptions, transport: Transport): Ports {
  const { group, id, role, dataDir, stateMachine, keepEntries } = options;
  const voters = options.voters.map((voter) => voter.id);
  const events = new Logger(nameOf(options, id));
  const warn = (line: string): void => events.warn(line);
  const isLearner = role === 'learner';
  return {
    storage: new SqliteStorage({ directory: dataDir, group, id, stateMachine, keepEntries, voters, isLearner, warn }),
    transport,
    ticker: new IntervalTicker(tickMsOf(options)),
    events,
    now: () => performance.now(),
    defer: (run) => setImmediate(run),
    pause: (ms) => setTimeout(ms),
    random: Math.random,
    newId: () => randomBytes(16).toString('hex'),
  };
}
