import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Client, escapeIdentifier } from 'pg';

import { commandLineOf } from '../processes/identity.ts';
import {
  type Child,
  describeEnd,
  type Launch,
  launch,
  pause,
  stop,
  waitUntilReady,
} from '../processes/launch.ts';
import { type Say, Stopped } from '../say.ts';
import {
  canReach,
  copyPrograms,
  findOwner,
  type Owner,
  type PostgresPrograms,
  postgresPrograms,
} from './postgres-programs.ts';

/** The embedded database: its data folder, its address and its log. */
export type PostgresPlan = {
  folder: string;
  /**
   * Private folders above the data folder. Besides their owner, only the user `postgres` may pass
   * through them.
   */
  through?: readonly string[];
  /** Used instead of `folder` if we are root and the user `postgres` cannot reach `folder`. */
  fallbackFolder: string;
  port: number;
  password: string;
  logFile: string;
  /** Additional server settings, as `name=value`. */
  settings?: readonly string[];
};

/** A running embedded database. */
export type Postgres = { child: Child; url: (database: string) => string };

type Prepared = { programs: PostgresPrograms; owner: Owner | undefined; folder: string };

/**
 * Starts the embedded database, and creates it at the first start. Returns when it accepts
 * connections.
 */
export async function startPostgres(
  plan: PostgresPlan,
  tell: Say,
  start: (launch: Launch) => Child = launch,
): Promise<Postgres> {
  const prepared = await prepare(plan, tell);
  if (!existsSync(prepared.folder)) await initialise(plan, prepared, start);
  await endLeftover(prepared.folder);
  const child = start({
    name: 'Postgres',
    command: prepared.programs.postgres,
    args: ['-D', prepared.folder, '-p', String(plan.port), ...settingsOf(plan)],
    logFile: plan.logFile,
    cwd: '/',
    ...(prepared.owner && { owner: prepared.owner }),
  });
  const url = (database: string): string =>
    `postgres://postgres:${plan.password}@127.0.0.1:${plan.port}/${database}`;
  await waitUntilReady(child, () => answers(url('postgres')), 60_000);
  return { child, url };
}

/** Stops the database. Ends its sessions; everything committed remains. */
export async function stopPostgres({ child }: Postgres): Promise<void> {
  await stop(child, 'SIGINT', 30_000);
}

/** Creates a database if it does not exist. */
export async function createDatabase(adminUrl: string, name: string): Promise<void> {
  await withClient(adminUrl, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${escapeIdentifier(name)}`);
  });
}

/** Runs statements on a connection of their own. */
export async function withClient<T>(
  url: string,
  work: (client: Client) => Promise<T>,
  patienceMs = 5000,
): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: patienceMs });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function settingsOf({ settings = [] }: PostgresPlan): string[] {
  const all = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', ...settings];
  return all.flatMap((setting) => ['-c', setting]);
}

async function prepare(plan: PostgresPlan, tell: Say): Promise<Prepared> {
  const owner = findOwner();
  let programs = await postgresPrograms();
  if (!canReach(owner, programs.postgres)) {
    makeReachable(plan.fallbackFolder);
    programs = copyPrograms(programs, join(plan.fallbackFolder, 'programs'));
  }
  let { folder } = plan;
  mkdirSync(dirname(folder), { recursive: true });
  if (owner) for (const one of plan.through ?? []) letThrough(owner, one);
  if (!canReach(owner, dirname(folder))) {
    folder = join(plan.fallbackFolder, 'data');
    tell(`Postgres keeps its data in ${folder}:`);
    tell(`  root runs it as the user "postgres", which cannot enter ${dirname(plan.folder)}.`);
    makeReachable(plan.fallbackFolder);
  }
  return { programs, owner, folder };
}

/** Lets the group pass through the folder without reading it. */
function letThrough({ gid }: Owner, folder: string): void {
  chownSync(folder, statSync(folder).uid, gid);
  chmodSync(folder, 0o710);
}

/** Lets the user `postgres` pass through, whatever the default permissions of new files are. */
function makeReachable(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const one of [dirname(folder), folder]) chmodSync(one, 0o755);
}

/**
 * Fills a new folder and then renames it, so that an interrupted start leaves no partial database.
 */
async function initialise(
  plan: PostgresPlan,
  { programs, owner, folder: place }: Prepared,
  start: (launch: Launch) => Child,
): Promise<void> {
  const folder = `${place}.new`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  const passwordFile = `${folder}.password`;
  writeFileSync(passwordFile, plan.password, { mode: 0o600 });
  if (owner) for (const path of [folder, passwordFile]) chownSync(path, owner.uid, owner.gid);
  const child = start({
    name: 'initdb',
    command: programs.initdb,
    args: [
      `--pgdata=${folder}`,
      '--username=postgres',
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
    ],
    logFile: plan.logFile,
    cwd: '/',
    ...(owner && { owner }),
  });
  const ending = await child.ended;
  rmSync(passwordFile, { force: true });
  if (ending !== 'exit 0') throw new Stopped(await describeEnd(child));
  renameSync(folder, place);
}

/** After a kill, the server may still run, or its file `postmaster.pid` may still exist. */
async function endLeftover(folder: string): Promise<void> {
  const file = join(folder, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  const isOurs = (): boolean => commandLineOf(pid).includes(folder);
  if (isOurs()) process.kill(pid, 'SIGINT');
  for (let waited = 0; isOurs() && waited < 30_000; waited += 100) await pause(100);
  if (isOurs()) {
    throw new Stopped(`An earlier Postgres on ${folder} (process ${pid}) does not end.`);
  }
  rmSync(file, { force: true });
}

async function answers(url: string): Promise<boolean> {
  return withClient(url, async (client) => {
    await client.query('select 1');
    return true;
  }).catch(() => false);
}
