import { Client, Connection } from '@temporalio/client';
import { inject } from 'vitest';
import { connect, type Db } from '../../db/connect.ts';
import { freePort } from '../../dev/ports.ts';
import { newId, type PayoutId, type SellerId } from '../../domain/ids.ts';
import { ensureSchedules } from '../../workers/setup/schedules.ts';
import { startWatchedSandbox } from '../contract/watched-sandbox.ts';
import { createTestDatabase, takeNamespace } from '../servers/environment.ts';
import { type Program, program } from '../servers/program.ts';
import { layWire, type Wire } from '../servers/tcp-proxy.ts';
import { until } from '../../dev/wait.ts';

/** A complete engine of real processes, with its own database, namespace and sandbox. */
export type RunningEngine = {
  api: Program;
  worker: Program;
  /** The connection between the worker and Temporal; `apiWire` is the API's. */
  wire: Wire;
  apiWire: Wire;
  db: Db;
  databaseUrl: string;
  temporal: Client;
  env: Record<string, string>;
  call: (method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown) => Promise<Answer>;
  control: (method: string, path: string, body?: unknown) => Promise<Answer>;
  stop: () => Promise<void>;
};

// oxlint-disable-next-line typescript/no-explicit-any -- a stranger's view of JSON
type Answer = any;

const sandboxKey = 'sk_test_sandbox';
const adminKey = 'pe_admin_of_the_tests_1';
const webhookSecret = 'whsec_of_the_tests';

type Choices = {
  webhooks?: boolean;
  /** If false, no job runs: only commands cause work. */
  jobs?: boolean;
  databaseUrl?: string;
  temporalAddress?: string;
  env?: Record<string, string>;
};

/**
 * Starts an engine. Without webhooks, the engine learns of events only from its sweep, every
 * second.
 */
export async function startEngine(choices: Choices = {}): Promise<RunningEngine> {
  const sandbox = await startWatchedSandbox({ secretKey: sandboxKey, strict: true });
  const databaseUrl = choices.databaseUrl ?? (await createTestDatabase());
  const temporalAddress = choices.temporalAddress ?? inject('temporalAddress');
  const namespace = choices.temporalAddress ? 'default' : await takeNamespace();
  const [wire, apiWire] = await Promise.all([layWire(temporalAddress), layWire(temporalAddress)]);
  const apiPort = await freePort();
  const env = {
    DATABASE_URL: databaseUrl,
    TEMPORAL_NAMESPACE: namespace,
    STRIPE_SECRET_KEY: sandboxKey,
    STRIPE_API_BASE: sandbox.url,
    STRIPE_WEBHOOK_SECRETS: webhookSecret,
    API_PORT: String(apiPort),
    ADMIN_API_KEY: adminKey,
    WORKFLOW_BUNDLE: inject('workflowBundle'),
    LOG_LEVEL: 'warn',
    ...choices.env,
  };
  const connection = await Connection.connect({ address: temporalAddress, connectTimeout: '1m' });
  const temporal = new Client({ connection, namespace });
  const control = caller(`${sandbox.url}/_sandbox`, {});
  await control('PUT', '/destinations', destinations(apiPort));
  if (choices.webhooks === false) await control('PUT', '/webhooks', { mode: 'off' });
  const quick = choices.webhooks === false ? 1 : 5;
  if (choices.jobs !== false) {
    const seconds = { relay: 2, sweep: quick, revive: 5, accounts: quick, reconciliation: quick };
    await ensureSchedules(temporal, seconds);
  }
  const worker = program('workers/main.ts', { ...env, TEMPORAL_ADDRESS: wire.address });
  const api = program('api/main.ts', { ...env, TEMPORAL_ADDRESS: apiWire.address });
  const db = connect(databaseUrl, { connections: 4 });
  await Promise.all([worker.start(), api.start()]);
  return {
    api,
    worker,
    wire,
    apiWire,
    db,
    databaseUrl,
    temporal,
    env,
    call: caller(`http://127.0.0.1:${apiPort}`, { authorization: `Bearer ${adminKey}` }),
    control,
    stop: async () => {
      await Promise.all([worker.kill(), api.kill()]);
      await pauseSchedules(temporal);
      await Promise.all([wire.close(), apiWire.close(), db.destroy(), connection.close()]);
      await sandbox.close(); // fails where it saw what Stripe does not know
    },
  };
}

/** Creates a seller who can be paid. */
export async function createActiveSeller(
  engine: RunningEngine,
  currency = 'eur',
): Promise<SellerId> {
  const { id } = await engine.call('POST', '/v1/sellers', {
    email: 'ada@example.com',
    country: 'DE',
    currency,
  });
  const account = await until('the account exists', async () => {
    const seller = await engine.call('GET', `/v1/sellers/${id}`);
    return seller.stripeAccount as string | null;
  });
  await engine.control('POST', `/accounts/${account}/complete-onboarding`, {});
  await until('the seller is active', async () => {
    const seller = await engine.call('GET', `/v1/sellers/${id}`);
    return seller.status === 'active';
  });
  return id as SellerId;
}

/** Adds money to the platform's balance, as a customer's charge does. */
export async function fundPlatform(engine: RunningEngine, amount = 1_000_000_00, currency = 'eur') {
  const answer = await fetch(`${engine.env['STRIPE_API_BASE']}/v1/charges`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sandboxKey}`, 'content-type': formType },
    body: new URLSearchParams({
      amount: String(Math.min(amount, 999_999_99)),
      currency,
      source: 'tok_bypassPending',
    }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

/** Orders a payout of everything payable. Returns its id. */
export async function orderPayout(engine: RunningEngine, sellerId: SellerId): Promise<PayoutId> {
  const { id } = await engine.call('POST', `/v1/sellers/${sellerId}/payouts`, { currency: 'eur' });
  return id as PayoutId;
}

/** True while a webhook is being delivered or will be retried. */
export async function isNewsComing({ control }: RunningEngine): Promise<boolean> {
  const { deliveries } = await control('GET', '/deliveries');
  return (deliveries as { state: string }[]).some(({ state }) => state !== 'delivered');
}

/** Reads `GET /ready` once every part answers in time: a part that paused is not a failed part. */
export async function readReady(engine: RunningEngine): Promise<Answer> {
  return until('every part answers', async () => {
    const answer = await fetch(`http://127.0.0.1:${engine.env['API_PORT']}/ready`);
    return answer.ok && (await answer.json());
  });
}

/**
 * Waits until the API reads its database after a restart: every process must replace its
 * connections.
 */
export async function untilItAnswers(engine: RunningEngine): Promise<void> {
  await until('the API reads its database', async () => {
    return await engine.call('GET', '/v1/operations').then(
      () => true,
      () => false,
    );
  });
}

/** Lifts every stop of all money by its name, as an operator who has asked everybody does. */
export async function liftStops(engine: RunningEngine): Promise<void> {
  const { stops } = await engine.call('GET', '/v1/operations');
  for (const { id: stopId } of stops as { id: string }[]) {
    await engine.call('POST', '/v1/operations/resume-money', { stopId, reason: 'a test' });
  }
}

/** Waits until a payout is in one of these states. */
export async function untilPayout(
  engine: RunningEngine,
  payoutId: PayoutId,
  ...statuses: string[]
): Promise<Answer> {
  return until(`${payoutId} is ${statuses.join(' or ')}`, async () => {
    const payout = await engine.call('GET', `/v1/payouts/${payoutId}`);
    return statuses.includes(payout.status) && payout;
  });
}

function destinations(apiPort: number) {
  const url = `http://127.0.0.1:${apiPort}/webhooks/stripe`;
  const both = ['snapshot', 'thin'].map((payload) => {
    return {
      id: payload,
      url,
      secret: webhookSecret,
      scope: 'both',
      payload,
      enabledEvents: ['*'],
    };
  });
  return { destinations: both };
}

const formType = 'application/x-www-form-urlencoded';

function caller(base: string, headers: Record<string, string>) {
  return async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const answer = await fetch(`${base}${path}`, {
      method,
      headers: {
        ...headers,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(method !== 'GET' && { 'idempotency-key': newId('call') }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
}

async function pauseSchedules(temporal: Client): Promise<void> {
  for await (const { scheduleId } of temporal.schedule.list()) {
    await temporal.schedule.getHandle(scheduleId).delete();
  }
}
