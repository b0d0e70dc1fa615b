import { connect } from 'node:net';
import { join } from 'node:path';
import { escapeIdentifier, escapeLiteral } from 'pg';

import { freePort } from '../../dev/ports.ts';
import { say } from '../../dev/say.ts';
import { startPostgres, stopPostgres, withClient } from '../../dev/servers/postgres.ts';
import { readServices, required, type Service } from './compose.ts';
import type { Running } from './service.ts';
import { host, openYard, type Yard } from './yard.ts';

/** Everything that the compose file starts, but the UI; Stripe is a sandbox. */
export type Production = {
  databaseUrl: string;
  sandboxUrl: string;
  workers: readonly Running[];
  apis: readonly { url: string; running: Running }[];
  stop: () => Promise<void>;
};

type Ports = { postgres: number; sandbox: number; apis: readonly number[]; temporal: Listeners };
/** Temporal's own variables, with the port of each. */
type Listeners = Record<string, string> & { FRONTEND_PORT: string };
type Site = { yard: Yard; ports: Ports; services: Record<string, Service> };

/** Signs the events that Stripe sends. */
export const webhookSecret = 'whsec_of_the_tests';

/** One more than the file has: so the platform goes on while one is down. */
const apiCount = 2;

/** What the person who starts it writes into `.env`. Jobs pass oftener, to shorten the test. */
const dotEnv = {
  ...required,
  STRIPE_WEBHOOK_SECRETS: webhookSecret,
  RELAY_SECONDS: '5',
  SWEEP_SECONDS: '10',
  REVIVE_SECONDS: '10',
};

/**
 * Starts what `docker compose up` would, in the order of its `depends_on`, by the commands and
 * variables of the file. `programs` are the folders with what Temporal's images bring.
 */
export async function startProduction(programs: readonly string[]): Promise<Production> {
  const ports = await choosePorts();
  const { postgres, temporal } = ports;
  const yard = openYard(programs, {
    'postgres:5432': postgres,
    'temporal:7233': Number(temporal.FRONTEND_PORT),
  });
  const sandboxUrl = `http://${host}:${ports.sandbox}`;
  const services = readServices({ ...dotEnv, STRIPE_API_BASE: sandboxUrl });
  try {
    const started = await startAll({ yard, ports, services });
    return { ...started, sandboxUrl, stop: yard.stop };
  } catch (error) {
    await yard.stop();
    throw error;
  }
}

/** In containers each has its usual ports; here another Postgres or Temporal may have them. */
async function choosePorts(): Promise<Ports> {
  const [postgres = 0, sandbox = 0, ...more] = await Promise.all(
    Array.from({ length: 2 + apiCount + 8 }, freePort),
  );
  const listeners = ['FRONTEND', 'HISTORY', 'MATCHING', 'WORKER'].flatMap((name, at) => [
    [`${name}_PORT`, String(more[apiCount + at])],
    [`${name}_MEMBERSHIP_PORT`, String(more[apiCount + 4 + at])],
  ]);
  const temporal = Object.fromEntries(listeners) as Listeners;
  return { postgres, sandbox, apis: more.slice(0, apiCount), temporal };
}

async function startAll(site: Site): Promise<Pick<Production, 'databaseUrl' | 'workers' | 'apis'>> {
  const { yard, ports } = site;
  // What the image of the engine gives its processes.
  const image = { NODE_ENV: 'production', WORKFLOW_BUNDLE: join(yard.folder, 'workflows.js') };
  const engine = (name: string, told?: Record<string, string>, as = name): Running =>
    yard.start(as, serviceOf(site, name), { ...image, ...told });
  await startDatabase(site);
  await Promise.all([
    engine('migrate').done(),
    bundleWorkflows(yard, image.WORKFLOW_BUNDLE),
    startSandbox(site),
    startTemporal(site),
  ]);
  await engine('setup').done();
  const replicas = serviceOf(site, 'worker').deploy?.replicas ?? 1;
  const workers = Array.from({ length: replicas }, (_, at) =>
    engine('worker', {}, `worker-${at + 1}`),
  );
  const apis = ports.apis.map((port, at) => {
    const told = { API_HOST: host, API_PORT: String(port) };
    return { url: `http://${host}:${port}`, running: engine('api', told, `api-${at + 1}`) };
  });
  await Promise.all([
    ...workers.map((worker) => worker.until(async () => worker.log().includes('{"ready"'))),
    ...apis.map(({ url, running }) => running.until(() => answers(`${url}/ready`))),
  ]);
  return { databaseUrl: serviceUrl(site), workers, apis };
}

/**
 * The embedded server in the place of the image, with the user, database and settings of the file.
 */
async function startDatabase(site: Site): Promise<void> {
  const { yard, ports } = site;
  const { command = [], environment = {} } = serviceOf(site, 'postgres');
  const postgres = await startPostgres(
    {
      folder: join(yard.folder, 'postgres'),
      fallbackFolder: join(yard.folder, 'postgres-programs'),
      port: ports.postgres,
      password: 'of the embedded server',
      logFile: join(yard.folder, 'postgres.log'),
      settings: command.filter((_, at) => command[at - 1] === '-c'),
    },
    say,
  );
  yard.alsoStop(() => stopPostgres(postgres));
  const { POSTGRES_USER = '', POSTGRES_PASSWORD = '', POSTGRES_DB = '' } = environment;
  const [user, database] = [POSTGRES_USER, POSTGRES_DB].map(escapeIdentifier);
  await withClient(postgres.url('postgres'), async (client) => {
    const password = escapeLiteral(POSTGRES_PASSWORD);
    await client.query(`create role ${user} superuser login password ${password}`);
    await client.query(`create database ${database} owner ${user}`);
  });
}

async function startTemporal(site: Site): Promise<void> {
  const { yard, ports } = site;
  const sql = { SQL_HOST: host, SQL_PORT: String(ports.postgres) };
  await yard.start('temporal-schema', serviceOf(site, 'temporal-schema'), sql).done();
  const temporal = yard.start('temporal', serviceOf(site, 'temporal'), {
    POSTGRES_HOST: host,
    POSTGRES_PORT: String(ports.postgres),
    FRONTEND_IP: host,
    ...ports.temporal,
  });
  await temporal.until(() => listens(Number(ports.temporal.FRONTEND_PORT)));
  await yard.start('temporal-namespace', serviceOf(site, 'temporal-namespace')).done();
}

async function startSandbox({ yard, ports }: Site): Promise<void> {
  const sandbox = yard.start('sandbox', serviceLike(['node', 'sandbox/main.ts']), {
    SANDBOX_PORT: String(ports.sandbox),
    SANDBOX_SECRET_KEY: required.STRIPE_SECRET_KEY,
  });
  await sandbox.until(() => listens(ports.sandbox));
}

/** The line of the Dockerfile that compiles the workflows. */
async function bundleWorkflows(yard: Yard, file: string): Promise<void> {
  await yard.start('bundle', serviceLike(['node', 'workers/bundle.ts', file])).done();
}

function serviceLike(command: string[]): Service {
  return { image: '', command };
}

function serviceOf({ services }: Site, name: string): Service {
  const service = services[name];
  if (!service) throw new Error(`the compose file has no ${name}`);
  return service;
}

function serviceUrl(site: Site): string {
  const url = new URL(serviceOf(site, 'migrate').environment?.['DATABASE_URL'] ?? '');
  url.host = `${host}:${site.ports.postgres}`;
  return url.href;
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** What the healthcheck's `nc -z` asks. */
async function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
