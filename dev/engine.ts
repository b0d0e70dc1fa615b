import { rmSync } from 'node:fs';

import { whyNotMigrated } from '../db/migrate.ts';
import { type Child, describeEnd } from './processes/launch.ts';
import { keepPart, type Part, runPart, showPart, startPart, type Yard } from './processes/parts.ts';
import { saying, Stopped } from './say.ts';
import { createDatabase, startPostgres } from './servers/postgres.ts';
import { findTemporal } from './servers/temporal-program.ts';
import { keepHistories, serves, startTemporal } from './servers/temporal.ts';
import { sandboxKey, type Settings } from './settings.ts';
import { removed, type State, whyGone } from './state.ts';

/** A running engine. */
export type Engine = {
  sandboxUrl: string | undefined;
  /** The variables that its programs run with. */
  env: Record<string, string>;
  /**
   * Resolves with the reason why everything must stop: a server ended, or its state folder was
   * removed.
   */
  lost: Promise<string>;
  /** Kills a server as a power cut would, and restarts it on its remaining files. */
  crash: (name: ServerName) => Promise<void>;
  /** Kills Temporal and removes its storage. Resolves once the engine has recovered. */
  loseTemporal: () => Promise<void>;
};

/** The servers that the engine needs. */
export type ServerName = keyof typeof servers;

type Server = { at: string; child?: Child };
type Context = { yard: Yard; settings: Settings; state: State };

const database = 'payout_engine';
const servers = { Postgres: postgresServer, Temporal: temporalServer, sandbox: sandboxServer };

/** Starts every part, servers first. Returns when the API accepts calls. */
export async function startEngine(context: Context): Promise<Engine> {
  const { yard, settings, state } = context;
  const [postgres, temporal, sandbox] = await Promise.all([
    postgresServer(context),
    temporalServer(context),
    sandboxServer(context),
  ]);
  const env = engineEnvironment(context, postgres.at, temporal.at, sandbox?.at);
  const part = (name: string, script: string): Part => {
    return { name, script, env, logFile: state.logFile(name) };
  };
  await requireUsableTables(context, postgres.at);
  await runPart(yard, part('migrations', 'db/migrate.ts'));
  const setUp = { ...part('set-up', 'workers/setup/main.ts'), args: ['--before-start'] };
  if (sandbox) {
    await runPart(yard, setUp);
    await sendWebhooks(sandbox.at, settings, webhookSecret(state));
  } else {
    yard.tell('Set-up, with Stripe itself:');
    await showPart(yard, setUp);
  }
  yard.tell('Starting the worker and the API');
  await Promise.all([
    keepPart(yard, part('worker', 'workers/main.ts'), 'ready'),
    keepPart(yard, part('API', 'api/main.ts'), 'ready'),
  ]);
  const { lost, crash } = watched(context, [postgres, temporal, sandbox]);
  return {
    sandboxUrl: sandbox?.at,
    env,
    lost,
    crash,
    async loseTemporal() {
      await crash('Temporal', () => removeHistories(state));
      await runPart(yard, part('recover', 'workers/recover.ts'));
    },
  };
}

/** Refuses a database of an older version. Only a person may decide to give up its data. */
async function requireUsableTables({ settings, state }: Context, at: string): Promise<void> {
  const isOurs = settings.databaseUrl === undefined;
  const remedy = isOurs ? `remove the folder ${state.folder} and start again.` : undefined;
  // If the database does not answer, the migrations report it.
  const why = await whyNotMigrated(at, remedy).catch(() => undefined);
  if (why !== undefined) throw new Stopped(why);
}

type Crash = (name: ServerName, meanwhile?: () => void) => Promise<void>;

/** Reports a server that ends by itself, and restarts a server after a crash. */
function watched(
  context: Context,
  started: readonly (Server | undefined)[],
): { lost: Engine['lost']; crash: Crash } {
  const lost = Promise.withResolvers<string>();
  void removed(context.state).then(lost.resolve);
  const tellEnd = async (child: Child): Promise<void> => {
    lost.resolve(whyGone(context.state) ?? (await describeEnd(child)));
  };
  const children = new Map<string, Child>();
  const watch = (child: Child | undefined): void => {
    if (!child) return;
    children.set(child.name, child);
    void child.ended.then(() => {
      if (children.get(child.name) === child) void tellEnd(child);
    });
  };
  for (const server of started) watch(server?.child);
  return {
    lost: lost.promise,
    async crash(name, meanwhile) {
      const child = children.get(name);
      if (!child) throw new Stopped(`${name} does not run here.`);
      children.delete(name);
      child.kill('SIGKILL');
      await child.ended;
      meanwhile?.();
      watch((await servers[name](context))?.child);
    },
  };
}

async function postgresServer({ yard, settings, state }: Context): Promise<Server> {
  if (settings.databaseUrl !== undefined) return { at: settings.databaseUrl };
  const starting = startPostgres(
    {
      folder: state.file('postgres'),
      through: state.privateFolders,
      fallbackFolder: `/var/lib/payout-engine/${state.secret('postgres-place')}`,
      port: settings.ports.postgres,
      password: state.secret('postgres-password'),
      logFile: state.logFile('postgres'),
    },
    yard.tell,
    yard.fleet.start,
  );
  const { child, url } = await saying(yard.tell, 'Waiting for Postgres', starting);
  await createDatabase(url('postgres'), database);
  yard.tell(`Postgres is up, on port ${settings.ports.postgres}`);
  return { at: url(database), child };
}

async function temporalServer({ yard, settings, state }: Context): Promise<Server> {
  const { temporalAddress, namespace, ports } = settings;
  if (temporalAddress !== undefined) return temporalElsewhere(temporalAddress, namespace);
  const program = await findTemporal(yard.tell);
  const starting = startTemporal(
    {
      program,
      file: state.file(histories),
      logFile: state.logFile('temporal'),
      port: ports.temporal,
      uiPort: ports.temporalUi,
      namespaces: [namespace],
    },
    yard.fleet.start,
  );
  const child = await saying(yard.tell, 'Waiting for Temporal', starting);
  const at = `127.0.0.1:${ports.temporal}`;
  await keepHistories(at, namespace);
  yard.tell(`Temporal is up, on port ${ports.temporal}`);
  return { at, child };
}

const histories = 'temporal.db';

function removeHistories(state: State): void {
  for (const ending of ['', '-wal', '-shm']) {
    rmSync(state.file(`${histories}${ending}`), { force: true });
  }
}

async function temporalElsewhere(at: string, namespace: string): Promise<Server> {
  // With an API key or TLS, only the worker knows how to connect, and it reports a failure.
  const isPlain = !process.env.TEMPORAL_API_KEY && process.env.TEMPORAL_TLS !== '1';
  if (isPlain && !(await serves(at, [namespace]))) {
    throw new Stopped(`No Temporal with a namespace "${namespace}" at TEMPORAL_ADDRESS=${at}.`);
  }
  return { at };
}

async function sandboxServer({ yard, settings, state }: Context): Promise<Server | undefined> {
  if (settings.stripeKey !== undefined) return undefined;
  const env = {
    ...inherited(),
    SANDBOX_PORT: String(settings.ports.sandbox),
    SANDBOX_FILE: state.file('sandbox.db'),
    SANDBOX_SECRET_KEY: sandboxKey,
  };
  const logFile = state.logFile('sandbox');
  const part = { name: 'sandbox', script: 'sandbox/main.ts', env, logFile };
  const { child, said } = await startPart(yard, part, 'listening');
  yard.tell(`The Stripe sandbox is up, on port ${settings.ports.sandbox}`);
  return { at: String(said.listening), child };
}

async function sendWebhooks(sandbox: string, settings: Settings, secret: string): Promise<void> {
  const url = `http://127.0.0.1:${settings.ports.api}/webhooks/stripe`;
  const destinations = ['snapshot', 'thin'].map((payload) => {
    return { id: payload, url, secret, scope: 'both', payload, enabledEvents: ['*'] };
  });
  const answer = await fetch(`${sandbox}/_sandbox/destinations`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ destinations }),
  });
  if (answer.ok) return;
  throw new Stopped(`The sandbox refused the webhook's address: ${await answer.text()}`);
}

function engineEnvironment(
  { settings, state }: Context,
  databaseUrl: string,
  temporalAddress: string,
  sandboxUrl: string | undefined,
): Record<string, string> {
  const stripe: Record<string, string> = {
    STRIPE_SECRET_KEY: sandboxKey,
    STRIPE_API_BASE: sandboxUrl ?? '',
    STRIPE_WEBHOOK_SECRETS: webhookSecret(state),
    SANDBOX_URL: sandboxUrl ?? '',
  };
  return {
    ...inherited(),
    ...(sandboxUrl !== undefined && stripe),
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporalAddress,
    TEMPORAL_NAMESPACE: settings.namespace,
    API_HOST: '127.0.0.1',
    API_PORT: String(settings.ports.api),
    ADMIN_API_KEY: process.env.ADMIN_API_KEY || state.secret('admin-key', 'pe_admin_'),
  };
}

function webhookSecret(state: State): string {
  return state.secret('webhook-secret', 'whsec_');
}

function inherited(): Record<string, string> {
  const all = Object.entries(process.env);
  return Object.fromEntries(
    all.filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
