import { defineConfig } from 'vitest/config';

/** Suites that start whole systems as real processes. */
const REAL_PROCESSES = [
  'test/system/**',
  'test/cluster/**',
  'test/chaos/**',
  'test/failpoints/**',
  'test/cache/**',
  'test/bench/**',
  'test/learners/**',
];

/** Shared by all suites. Nest reads the types of constructor parameters at run time, hence the decorator metadata. */
const shared = {
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  // Our libraries from their sources, not from what was compiled (see "imports" in package.json).
  ssr: { resolve: { conditions: ['source', 'module', 'node', 'development|production'] } },
};

export default defineConfig({
  ...shared,
  test: {
    // By default one processor is kept free, which on two of them halves the speed of suites that wait more than they work.
    maxWorkers: '100%',
    projects: [
      {
        ...shared,
        test: {
          name: 'apps and libs',
          // Loading Nest anew for each file would take longer than most tests do; none of them changes what modules share.
          isolate: false,
          include: ['apps/**/*.spec.ts', 'libs/**/*.spec.ts', 'test/**/*.spec.ts'],
          exclude: [...REAL_PROCESSES, 'node_modules/**'],
          setupFiles: ['./test/setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        ...shared,
        test: {
          name: 'real processes',
          include: REAL_PROCESSES.map((folder) => `${folder}/*.spec.ts`),
          setupFiles: ['./test/setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 300_000,
          globalSetup: './test/build.ts',
          // Whole systems, one after the other: two at once would only disturb each other on a small machine.
          fileParallelism: false,
          maxConcurrency: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
