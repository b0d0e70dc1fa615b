import { defineConfig } from 'vitest/config';

const pure = ['test/domain', 'test/sandbox', 'test/contract']
  .map((folder) => `${folder}/**/*.test.ts`)
  .concat('test/*.test.ts');
const machine = ['test/dev/**/*.test.ts', 'test/production/**/*.test.ts'];

/** Three kinds of test: without servers, on real servers shared by the run, and of the launcher. */
export default defineConfig({
  test: {
    pool: 'threads',
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: pure, testTimeout: 120_000, hookTimeout: 120_000 },
      },
      {
        extends: true,
        test: {
          name: 'engine',
          include: ['test/**/*.test.ts'],
          exclude: [...pure, ...machine],
          globalSetup: 'test/servers/global-setup.ts',
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'launcher',
          include: machine,
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
