import { spawnSync } from 'node:child_process';

/**
 * Saves new histories in this folder: `node test/replay/save.ts`. Only for a change of workflows
 * that is released together with a patch marker, or before a first release.
 */
const { status } = spawnSync('npx', ['vitest', 'run', 'test/workflows/replay-today.test.ts'], {
  env: { ...process.env, SAVE_HISTORIES: '1' },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
