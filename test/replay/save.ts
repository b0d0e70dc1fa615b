import { spawnSync } from 'node:child_process';

/**
 * Saves histories of today's code in this folder, beside those of other days, which have to go on
 * replaying: `node test/replay/save.ts`. A day's file is only taken away when no workflow of that
 * code runs any more.
 */
const { status } = spawnSync('npx', ['vitest', 'run', 'test/workflows/replay-today.test.ts'], {
  env: { ...process.env, SAVE_HISTORIES: '1' },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
