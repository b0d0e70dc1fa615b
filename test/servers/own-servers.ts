import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
  withClient,
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

/**
 * Starts a replica of a stopped server: a copy of its files that follows the server once it runs
 * again.
 */
async function startReplica(of: PostgresPlan) {
  const port = await freePort();
  const plan = { ...of, folder: `${of.folder}-replica-${port}`, port };
  spawnSync('cp', ['-a', '-T', of.folder, plan.folder]);
  // A copy of the file has the owner of the server's files.
  spawnSync('cp', ['-a', join(plan.folder, 'PG_VERSION'), join(plan.folder, 'standby.signal')]);
  const primary = `host=127.0.0.1 port=${of.port} user=postgres password=${of.password}`;
  appendFileSync(
    join(plan.folder, 'postgresql.auto.conf'),
    `primary_conninfo = '${primary}'\nwal_retrieve_retry_interval = '100ms'\n`,
  );
  let postgres = await startAgain(plan);
  const tell = (statement: string) =>
    withClient(postgres.url('postgres'), async (client) => client.query(statement), 30_000);
  return {
    url: postgres.url('engine'),
    /** From now on, the replica receives nothing. */
    cutOff: async () => {
      await tell(`alter system set primary_conninfo = ''`);
      await tell('select pg_reload_conf()');
    },
    promote: async () => {
      await tell('select pg_promote()');
    },
    restart: async () => {
      await stop(postgres.child, 'SIGKILL', 5000);
      postgres = await startAgain(plan);
    },
    stop: async () => stop(postgres.child, 'SIGKILL', 5000),
  };
}

/** Starts a migrated Postgres that a test may kill, restore from a backup, or replicate. */
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
    /** Starts a replica that follows this server. */
    replicate: async () => {
      await stop(postgres.child, 'SIGINT', 30_000);
      const replica = await startReplica(plan);
      postgres = await startAgain(plan);
      return replica;
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
