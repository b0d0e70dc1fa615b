import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Creates the engine's tables, as a start does. */
export function migrate(databaseUrl: string): void {
  const script = fileURLToPath(new URL('../../db/migrate.ts', import.meta.url));
  const run = spawnSync(process.execPath, [script], {
    env: { ...process.env, DATABASE_URL: databaseUrl },
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`db/migrate.ts failed:\n${run.stdout}${run.stderr}`);
}
