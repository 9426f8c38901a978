import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Suites that start whole systems as real processes and wait more than they work: some of them fit beside each other. */
const WAITING_SYSTEMS = ['test/system/**', 'test/cluster/**', 'test/cache/**', 'test/console/**', 'test/bench/**'];

/** Suites that start whole systems and keep every processor busy, so that another beside them would only disturb. */
const BUSY_SYSTEMS = ['test/chaos/**', 'test/failpoints/**', 'test/learners/**'];

/** Shared by all suites. Nest reads the types of constructor parameters at run time, hence the decorator metadata. */
const shared = {
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  // Our libraries from their sources, not from what was compiled (see "imports" in package.json).
  ssr: { resolve: { conditions: ['stock-bazaar-source', 'module', 'node', 'development|production'] } },
};

const realProcesses = {
  setupFiles: ['./test/setup.ts'],
  testTimeout: 180_000,
  hookTimeout: 300_000,
  globalSetup: './test/build.ts',
  maxConcurrency: 2,
};

const specsIn = (folders: string[]): string[] => folders.map((folder) => `${folder}/*.spec.ts`);

export default defineConfig({
  ...shared,
  test: {
    // More than processors where there are two: many suites wait more than they work.
    maxWorkers: Math.max(3, availableParallelism()),
    projects: [
      // What `npm run verify` adds to compilers and linters; `npm test` leaves it out.
      { ...shared, test: { name: 'tree', include: ['test/tidy.spec.ts'], testTimeout: 60_000 } },
      {
        ...shared,
        test: {
          name: 'apps and libs',
          // Loading Nest anew for each file would take longer than most tests do; none of them changes what modules share.
          isolate: false,
          include: ['apps/**/*.spec.ts', 'libs/**/*.spec.ts', 'test/**/*.spec.ts'],
          exclude: [...WAITING_SYSTEMS, ...BUSY_SYSTEMS, 'test/tidy.spec.ts', 'node_modules/**'],
          setupFiles: ['./test/setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        ...shared,
        test: {
          ...realProcesses,
          name: 'systems that wait',
          include: specsIn(WAITING_SYSTEMS),
          sequence: { groupOrder: 1 },
        },
      },
      {
        ...shared,
        test: {
          ...realProcesses,
          name: 'systems under load',
          include: specsIn(BUSY_SYSTEMS),
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
