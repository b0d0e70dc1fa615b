import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { freePort } from '../../dev/ports.ts';
import { type Child, pause, stop } from '../../dev/processes/launch.ts';
import {
  createDatabase,
  type Postgres,
  type PostgresPlan,
  startPostgres,
} from '../../dev/servers/postgres.ts';
import { findTemporal } from '../../dev/servers/temporal-program.ts';
import { startTemporal } from '../../dev/servers/temporal.ts';
import { migrate } from './migrated.ts';

const folder = mkdtempSync(join(tmpdir(), 'payout-engine-disasters-'));
chmodSync(folder, 0o755);
// Postgres may run as another user
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts a Temporal that a test may kill and whose storage a test may remove. */
export async function ownTemporal() {
  const program = await findTemporal(() => undefined);
  const port = await freePort();
  const file = join(folder, `temporal-${port}.db`);
  const start = (): Promise<Child> =>
    startTemporal({ program, file, logFile: `${file}.log`, port, namespaces: ['default'] });
  let child = await start();
  const kill = async (): Promise<void> => stop(child, 'SIGKILL', 5000);
  return {
    address: `127.0.0.1:${port}`,
    restart: async () => {
      await kill();
      child = await start();
    },
    loseEverything: async () => {
      await kill();
      for (const ending of ['', '-wal', '-shm']) rmSync(`${file}${ending}`, { force: true });
      child = await start();
    },
    stop: kill,
  };
}

/** The processes of a killed server may hold on to its memory for a moment. */
async function startAgain(plan: PostgresPlan): Promise<Postgres> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await startPostgres(plan, () => undefined);
    } catch (error) {
      if (tries === 5 || !String(error).includes('is still in use')) throw error;
      await pause(1000);
    }
  }
}

/** Starts a migrated Postgres that a test may kill and restore from a backup. */
export async function ownPostgres() {
  const port = await freePort();
  const plan = {
    folder: join(folder, `postgres-${port}`),
    fallbackFolder: join(folder, `programs-${port}`),
    port,
    password: 'test',
    logFile: join(folder, `postgres-${port}.log`),
  };
  let postgres: Postgres = await startAgain(plan);
  const url = postgres.url('engine');
  await createDatabase(postgres.url('postgres'), 'engine');
  migrate(url);
  return {
    url,
    log: () => readFileSync(plan.logFile, 'utf8'),
    restart: async () => {
      await stop(postgres.child, 'SIGKILL', 5000);
      postgres = await startAgain(plan);
    },
    /** Backs up the whole database. */
    backUp: async () => {
      await stop(postgres.child, 'SIGINT', 30_000);
      spawnSync('cp', ['-a', '-T', plan.folder, `${plan.folder}-backup`]);
      postgres = await startAgain(plan);
    },
    /** Restores the backup. Everything that was written later is lost. */
    restore: async () => {
      await stop(postgres.child, 'SIGINT', 30_000);
      rmSync(plan.folder, { recursive: true });
      spawnSync('cp', ['-a', '-T', `${plan.folder}-backup`, plan.folder]);
      postgres = await startAgain(plan);
    },
    stop: async () => stop(postgres.child, 'SIGKILL', 5000),
  };
}
