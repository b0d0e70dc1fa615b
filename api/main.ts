import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Client, Connection } from '@temporalio/client';
import { createTurns } from '../activities/stripe/budget.ts';
import { createStripe } from '../activities/stripe/client.ts';
import { listPollers } from '../activities/wake-ups/pollers.ts';
import { type Config, readConfig } from '../config.ts';
import { recordAdminKey } from '../db/api-keys.ts';
import { connect, type Db } from '../db/connect.ts';
import { whyUnusable } from '../db/migrations/compatibility.ts';
import { describeMismatch, findInstallation } from '../db/operations/installation.ts';
import { createApp } from './app.ts';
import type { Log } from './http/context.ts';
import { createLog } from './http/log.ts';
import { createSandboxClock } from './operations/sandbox-clock.ts';
import { createWaker } from './wake-ups.ts';

/**
 * Starts the API with these settings. Resolves when the API accepts requests. Throws if the
 * database is unusable or belongs to another installation.
 */
export async function startApi(
  config: Config,
  log: Log,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const { livemode } = config.stripe;
  const db = connect(config.databaseUrl, { connections: 20 });
  await checkInstallation(db, config, livemode);
  const { adminKey } = config.api;
  if (adminKey) await admit(adminKey, db, log);

  const connection = connectToTemporal(config);
  const client = new Client({ connection, namespace: config.temporal.namespace });
  const waker = createWaker({ db, client, log });
  const { apiBase, webhookSecrets } = config.stripe;
  const app = createApp({
    db,
    log,
    wakeSoon: waker.wakeSoon,
    countWorkers: () => countWorkers(connection, config.temporal.namespace),
    stripe: { webhookSecrets, livemode },
    stripeClient: createStripe({ ...config.stripe, timeoutMs: stripeTimeoutMs }),
    turns: createTurns(db, config.stripe.budgets),
    sandboxClock: apiBase === undefined ? undefined : createSandboxClock(apiBase),
  });
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions }) as Server;
  const url = await listen(server, config.api);
  waker.wakeSoon(); // the last process may have left undelivered wake-ups
  return {
    url,
    async stop() {
      await finishRequests(server);
      await waker.stop();
      await db.destroy();
      await connection.close();
    },
  };
}

/**
 * Proxies keep idle connections for up to a minute. If this server closed them earlier, it could
 * lose an event that is just arriving, until Stripe sends the event again.
 */
const serverOptions = { keepAliveTimeout: 75_000 };

/** The timeout of requests to Stripe. It is short, because a caller waits for the answer. */
const stripeTimeoutMs = 10_000;

/**
 * Refuses to start on the database of another installation. The first start of a worker writes the
 * installation row; before that, there is nothing to compare.
 */
async function checkInstallation(db: Db, config: Config, livemode: boolean): Promise<void> {
  const why = await whyUnusable(db);
  if (why !== undefined) throw new Error(why);
  const stands = await findInstallation(db);
  if (!stands) return;
  const { namespace } = config.temporal;
  const given = { livemode, stripeIs: config.stripe.is, temporalNamespace: namespace };
  const mismatch = describeMismatch(stands, given);
  if (mismatch !== undefined) throw new Error(mismatch);
}

/**
 * Accepts the key of the variable from now on, and no earlier key of the variable. A key that was
 * revoked stays revoked.
 */
async function admit(adminKey: string, db: Db, log: Log): Promise<void> {
  const { isValid } = await recordAdminKey(db, adminKey);
  if (isValid) return;
  const message =
    'ADMIN_API_KEY was revoked or replaced, so no request with it is accepted. Set the current ' +
    'key, or a new one.';
  log({ level: 'warn', event: 'admin-key-refused', message });
}

/** Connects lazily, so that events and earnings are stored even while Temporal is unavailable. */
function connectToTemporal({ temporal }: Config): Connection {
  return Connection.lazy({
    address: temporal.address,
    // By default, gRPC reconnects only every two minutes after a long outage.
    channelArgs: { 'grpc.max_reconnect_backoff_ms': 5000 },
    ...(temporal.apiKey !== undefined && { apiKey: temporal.apiKey }),
    ...(temporal.tls && { tls: true }),
  });
}

async function countWorkers(
  connection: Connection,
  namespace: string,
): Promise<number | undefined> {
  try {
    const asking = () => listPollers(connection, namespace);
    return (await connection.withDeadline(Date.now() + 2000, asking)).length;
  } catch {
    return undefined;
  }
}

async function listen(server: Server, { host, port }: Config['api']): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${taken}`;
}

/**
 * How long a stopping process waits for running requests. Longer than any answer should take, but
 * limited, so that a hanging caller cannot keep the process alive.
 */
const finishWithinMs = 10_000;

/** Accepts no new request and waits for the running ones, including events being stored. */
async function finishRequests(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), 100);
  const limit = setTimeout(() => server.closeAllConnections(), finishWithinMs);
  await closed;
  clearInterval(idle);
  clearTimeout(limit);
}

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog(config.logLevel);
  const { url, stop } = await startApi(config, log);
  process.stdout.write(`${JSON.stringify({ ready: 'api', url })}\n`);
  let stopping: Promise<void> | undefined;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stopping ??= stop().then(() => log({ level: 'info', event: 'stopped', signal }));
    });
  }
}

if (import.meta.main) {
  main().catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    createLog('info')({ level: 'error', event: 'not-started', message });
    process.exit(1);
  });
}
