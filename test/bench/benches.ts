import type { Bench } from './bench.js';
import { cost } from './cost.bench.js';
import { failover } from './failover.bench.js';
import { growth } from './growth.bench.js';
import { learners } from './learners.bench.js';
import { load } from './load.bench.js';
import { lookups } from './lookups.bench.js';
import { overload } from './overload.bench.js';
import { peers } from './peers.bench.js';
import { rejoin } from './rejoin.bench.js';
import { restart } from './restart.bench.js';
import { steady } from './steady.bench.js';
import { streams } from './streams.bench.js';
import { versus } from './versus.bench.js';

/** A new benchmark is a file beside this one, and a line here. */
export const BENCHES: readonly Bench[] = [
  cost,
  failover,
  growth,
  learners,
  load,
  lookups,
  overload,
  peers,
  rejoin,
  restart,
  steady,
  streams,
  versus,
];
