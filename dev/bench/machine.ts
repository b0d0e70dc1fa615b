import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { Client as Sql } from 'pg';

import { freePort } from '../ports.ts';
import { openFleet } from '../processes/fleet.ts';
import { type Child, stop } from '../processes/launch.ts';
import { type Part, runPart, startPart, type Yard } from '../processes/parts.ts';
import type { Say } from '../say.ts';
import { createDatabase, startPostgres, withClient } from '../servers/postgres.ts';
import { findTemporal } from '../servers/temporal-program.ts';
import { startTemporal } from '../servers/temporal.ts';
import { type Call, caller } from './calls.ts';

/** An engine of real processes on parts of its own, with everything needed to observe it. */
export type Machine = {
  api: Call;
  /** The sandbox's control API. */
  control: Call;
  sandboxUrl: string;
  /** A database connection for observations only. */
  sql: Sql;
  temporal: Client;
  /** The process ids of the running parts. */
  pids: () => Record<string, number>;
  /** Stops the worker and starts another with these variables. */
  restartWorker: (env: Record<string, string>) => Promise<void>;
  /** Runs a program of the bench to its end. Returns its output. */
  run: (
    script: string,
    env: Record<string, string>,
    limitMs?: number,
  ) => Promise<Record<string, unknown>>;
  stop: () => Promise<void>;
};

/** The folder and the processes of a machine. */
export type Site = { yard: Yard; folder: string; profile: boolean; clear: () => Promise<void> };

/** The key that the bench uses for requests to the sandbox. */
export const sandboxKey = 'sk_test_sandbox';
const adminKey = 'pe_admin_of_the_bench_1';
const webhookSecret = 'whsec_of_the_bench';
const database = 'payout_engine';
const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Creates the temporary folder. `clear` stops everything that was started and removes the folder.
 */
export async function openSite(
  tell: Say,
  { keep, profile }: { keep: boolean; profile: boolean },
): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'payout-engine-bench-'));
  chmodSync(folder, 0o755); // Postgres may run as another user
  const fleet = await openFleet(join(folder, 'processes.json'), tell);
  return {
    yard: { fleet, tell, root },
    folder,
    profile,
    async clear() {
      await fleet.stopAll();
      if (keep) tell(`Kept: ${folder}`);
      else rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Starts everything on free ports, with webhooks and with Stripe's live limits. */
export async function startMachine(site: Site): Promise<Machine> {
  const { yard } = site;
  const [postgres, temporal, sandbox, apiPort] = await Promise.all([
    postgresServer(site),
    temporalServer(site),
    sandboxServer(site),
    freePort(),
  ]);
  const sandboxUrl = String(sandbox.said.listening);
  const servers = { databaseUrl: postgres.url(database), temporal: temporal.address, sandboxUrl };
  const env = environmentOf(site, servers, apiPort);
  const part = (name: string, script: string, more: Record<string, string> = {}): Part => {
    return { name, script, env: { ...env, ...more }, logFile: join(site.folder, `${name}.log`) };
  };
  await runPart(yard, part('migrations', 'db/migrate.ts'));
  await runPart(yard, part('set-up', 'workers/setup/main.ts'));
  const control = caller(`${sandboxUrl}/_sandbox`);
  await control('PUT', '/destinations', destinations(apiPort));
  await control('PUT', '/limits', { mode: 'live' });
  const api = await startPart(yard, part('API', 'api/main.ts'), 'ready');
  let worker = await startPart(yard, part('worker', 'workers/main.ts'), 'ready');
  const connection = await Connection.connect({ address: temporal.address });
  const sql = new Sql({ connectionString: postgres.url(database) });
  sql.on('error', () => {}); // when Postgres is stopped first
  await sql.connect();
  return {
    api: caller(`http://127.0.0.1:${apiPort}`, { authorization: `Bearer ${adminKey}` }),
    control,
    sandboxUrl,
    sql,
    temporal: new Client({ connection }),
    pids: () => ({
      Temporal: temporal.child.pid,
      worker: worker.child.pid,
      API: api.child.pid,
      Postgres: postgres.child.pid,
      sandbox: sandbox.child.pid,
      bench: process.pid,
    }),
    async restartWorker(more) {
      await stop(worker.child, 'SIGTERM', 30_000);
      worker = await startPart(yard, part('worker', 'workers/main.ts', more), 'ready');
    },
    async run(script, more, limitMs) {
      const program = part(basename(script, '.ts'), script, more);
      const { child, said } = await startPart(yard, program, 'figures', limitMs);
      await child.ended;
      return said;
    },
    async stop() {
      await Promise.all([sql.end(), connection.close()]);
    },
  };
}

function environmentOf(
  { folder, profile }: Site,
  servers: { databaseUrl: string; temporal: string; sandboxUrl: string },
  apiPort: number,
): Record<string, string> {
  return {
    ...inherited(),
    DATABASE_URL: servers.databaseUrl,
    TEMPORAL_ADDRESS: servers.temporal,
    STRIPE_SECRET_KEY: sandboxKey,
    STRIPE_API_BASE: servers.sandboxUrl,
    STRIPE_WEBHOOK_SECRETS: webhookSecret,
    API_PORT: String(apiPort),
    ADMIN_API_KEY: adminKey,
    LOG_LEVEL: 'warn',
    ...(profile && { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${join(folder, 'cpu')}` }),
  };
}

async function postgresServer({ yard, folder }: Site) {
  const postgres = await startPostgres(
    {
      folder: join(folder, 'postgres'),
      fallbackFolder: join(folder, 'postgres-programs'),
      port: await freePort(),
      password: 'bench',
      logFile: join(folder, 'postgres.log'),
      settings: ['shared_preload_libraries=pg_stat_statements'],
    },
    yard.tell,
    yard.fleet.start,
  );
  await createDatabase(postgres.url('postgres'), database);
  await withClient(postgres.url(database), (client) =>
    client.query('create extension pg_stat_statements'),
  );
  return postgres;
}

async function temporalServer({ yard, folder }: Site): Promise<{ child: Child; address: string }> {
  const port = await freePort();
  const child = await startTemporal(
    {
      program: await findTemporal(yard.tell),
      file: join(folder, 'temporal.db'),
      logFile: join(folder, 'temporal.log'),
      port,
      namespaces: ['default'],
    },
    yard.fleet.start,
  );
  return { child, address: `127.0.0.1:${port}` };
}

async function sandboxServer({ yard, folder }: Site) {
  const env = {
    ...inherited(),
    SANDBOX_PORT: '0',
    SANDBOX_FILE: join(folder, 'sandbox.db'),
    SANDBOX_SECRET_KEY: sandboxKey,
  };
  const logFile = join(folder, 'sandbox.log');
  const part = { name: 'sandbox', script: 'sandbox/main.ts', env, logFile };
  return startPart(yard, part, 'listening');
}

/**
 * Passes on no variable of the caller's own engine, because it could name a real database or key.
 */
function inherited(): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME };
}

function destinations(apiPort: number) {
  const url = `http://127.0.0.1:${apiPort}/webhooks/stripe`;
  const both = ['snapshot', 'thin'].map((payload) => {
    return { id: payload, url, secret: webhookSecret, scope: 'both', payload };
  });
  return { destinations: both };
}
