import { expect, test } from 'vitest';
import type { PayoutId, SellerId } from '../../domain/ids.ts';
import {
  fundPlatform,
  orderPayout,
  type RunningEngine,
  startEngine,
  untilPayout,
} from '../build/engine.ts';
import { ownPostgres } from '../servers/own-servers.ts';
import { until } from '../../dev/wait.ts';

/** What must never leave the database and Stripe. */
const canary = {
  email: 'canary.mail@example.com',
  displayName: 'Canary Displayname',
  givenName: 'Canarygiven',
  surname: 'Canarysurname',
  iban: 'DE89370400440532013000',
  webhookSecret: 'whsec_of_the_tests',
  adminKey: 'pe_admin_of_the_tests_1',
  stripeKey: 'sk_test_sandbox',
};

test('no name, address, bank number, key or secret reaches histories, logs or refusals', async () => {
  const database = await ownPostgres();
  const engine = await startEngine({ databaseUrl: database.url, env: { LOG_LEVEL: 'debug' } });
  try {
    const { refusals, madeKey } = await playTheStory(engine);
    const places = {
      histories: await readHistories(engine),
      'worker log': engine.worker.log(),
      'API log': engine.api.log(),
      'Postgres log': database.log(),
      refusals: JSON.stringify(refusals),
      inbox: JSON.stringify(await engine.db.selectFrom('inbox').selectAll().execute()),
      events: await readEvents(engine),
      movements: JSON.stringify(await engine.db.selectFrom('movements').selectAll().execute()),
      'wake-ups': JSON.stringify(await engine.db.selectFrom('wake_ups').selectAll().execute()),
    };
    expect(places.histories, 'payloads are decoded').toContain('{"payoutId":');
    expect(places['API log']).toContain('"event":"request"');
    expect(places['Postgres log']).toContain('ready to accept connections');
    expect(places.events).toContain('"type":"payout.sent"');
    for (const [place, text] of Object.entries(places)) {
      for (const [name, secret] of Object.entries({ ...canary, madeKey })) {
        expect(text.includes(secret), `${name} in ${place}`).toBe(false);
      }
    }
  } finally {
    await engine.stop();
    await database.stop();
  }
});

/** A seller is paid, a POST is refused on the way, and callers send what is refused. */
async function playTheStory(engine: RunningEngine) {
  await fundPlatform(engine);
  const { email, displayName, givenName, surname, iban } = canary;
  const given = { email, displayName, country: 'DE', currency: 'eur' };
  const { id } = await engine.call('POST', '/v1/sellers', given);
  const account = await until('the account exists', async () => {
    return (await engine.call('GET', `/v1/sellers/${id}`)).stripeAccount as string | null;
  });
  const entered = { givenName, surname, iban };
  await engine.control('POST', `/accounts/${account}/complete-onboarding`, entered);
  await until('the seller is active', async () => {
    return (await engine.call('GET', `/v1/sellers/${id}`)).status === 'active';
  });
  const busy = { kind: 'status', method: 'POST', path: '/v1/payouts', count: 1, status: 400 };
  const message = `${iban} of ${givenName} ${surname} cannot be used`;
  await engine.control('PUT', '/faults', { rules: [{ ...busy, message, code: 'parameter_x' }] });
  await engine.call('POST', `/v1/sellers/${id}/earnings`, { amount: 50_00, currency: 'eur' });
  const payoutId = await orderPayout(engine, id as SellerId);
  await untilParked(engine, payoutId);
  await engine.call('POST', `/v1/payouts/${payoutId}/retry`, {});
  const reason = `${givenName} ${surname} of ${email} has ${iban}`;
  const { id: holdId } = await engine.call('POST', `/v1/sellers/${id}/holds`, { reason });
  await engine.call('POST', `/v1/holds/${holdId}/release`, { reason });
  await engine.call('POST', `/v1/sellers/${id}/pause`, { reason });
  await engine.call('POST', `/v1/sellers/${id}/resume`, { reason });
  await untilPayout(engine, payoutId, 'sent');
  const madeKey = await makeKey(engine);
  return { madeKey, refusals: await sendGarbage(engine, given, madeKey) };
}

async function untilParked(engine: RunningEngine, payoutId: PayoutId): Promise<void> {
  await until('the payout is parked', async () => {
    return (await engine.call('GET', `/v1/payouts/${payoutId}`)).parked !== null;
  });
}

/** A key made by the API, used once and revoked. */
async function makeKey(engine: RunningEngine): Promise<string> {
  const { id, key } = await engine.call('POST', '/v1/api-keys', { name: 'till', role: 'read' });
  const url = `http://127.0.0.1:${engine.env['API_PORT']}/v1/sellers`;
  const headers = { authorization: `Bearer ${String(key)}` };
  expect((await fetch(url, { headers })).status).toBe(200);
  await engine.call('POST', `/v1/api-keys/${id}/revoke`, {});
  return String(key);
}

async function sendGarbage(
  engine: RunningEngine,
  given: object,
  madeKey: string,
): Promise<string[]> {
  const bad = [
    { ...given, currency: canary.iban },
    { ...given, currency: madeKey },
    { ...given, [canary.email.replace('@', ' at ')]: 1, country: canary.displayName },
    { ...given, email: `${canary.email} ${canary.surname}` },
  ];
  const refused = bad.map((body) =>
    engine.call('POST', '/v1/sellers', body).then(
      () => 'taken',
      (error: unknown) => String(error),
    ),
  );
  const refusals = await Promise.all(refused);
  expect(refusals).not.toContain('taken');
  return refusals;
}

/** What the platform is told: as it stands, and as the API gives it. */
async function readEvents(engine: RunningEngine): Promise<string> {
  const both = await until('the last event is told', async () => {
    const rows = await engine.db.selectFrom('events').selectAll().execute();
    const told = await engine.call('GET', '/v1/events?limit=100');
    return (told.data as unknown[]).length === rows.length && [rows, told];
  });
  return JSON.stringify(both);
}

/** Every event of every workflow, with what its payloads say, and what the Temporal UI shows. */
async function readHistories({ temporal }: RunningEngine): Promise<string> {
  const texts: string[] = [];
  for await (const { workflowId, runId, searchAttributes, memo } of temporal.workflow.list()) {
    const history = await temporal.workflow.getHandle(workflowId, runId).fetchHistory();
    texts.push(JSON.stringify([searchAttributes, memo]), decoded(JSON.stringify(history)));
    const told = temporal.workflow.getHandle(workflowId, runId);
    texts.push(JSON.stringify(await told.query('__temporal_workflow_metadata')));
  }
  return texts.join('\n');
}

/** Payloads are written in base64. */
function decoded(history: string): string {
  return history.replaceAll(/"data":"([A-Za-z0-9+/=]*)"/g, (_all, data: string) => {
    return Buffer.from(data, 'base64').toString('utf8');
  });
}
