import { defineConfig } from 'vitest/config';

/** Shared by all suites. Nest reads the types of constructor parameters at run time, hence the decorator metadata. */
const shared = {
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  resolve: { tsconfigPaths: true },
} as const;

export default defineConfig({
  ...shared,
  test: {
    projects: [
      {
        ...shared,
        test: {
          name: 'apps and libs',
          include: ['apps/**/*.spec.ts', 'libs/**/*.spec.ts', 'test/**/*.spec.ts'],
          exclude: ['test/system/**', 'node_modules/**'],
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
          include: ['test/system/**/*.spec.ts'],
          setupFiles: ['./test/setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Whole systems, one after the other: two at once would only disturb each other on a small machine.
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
