import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSweepActivities } from '../../../activities/stripe-events/sweep.ts';
import { createTurns } from '../../../activities/stripe/budget.ts';
import { createStripe } from '../../../activities/stripe/client.ts';
import type { Db } from '../../../db/connect.ts';
import { listFailedChecks } from '../../../db/operations/checks.ts';
import type { Sandbox } from '../../../sandbox/server.ts';
import { activityEnvironment, runActivity } from '../../build/activities.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';
import { startWatchedSandbox } from '../../contract/watched-sandbox.ts';

let sandbox: Sandbox;
let db: Db;
let money: MoneyDatabase;
beforeAll(async () => {
  sandbox = await startWatchedSandbox();
  money = await startMoneyDatabase();
  ({ db } = money);
});
afterAll(async () => {
  await db.destroy();
  await sandbox.close();
});

test('reads every page of the events of accounts, each in a turn, and stores each once', async () => {
  const stripe = createStripe({ secretKey: 'sk_test_sandbox', apiBase: sandbox.url });
  const turns = createTurns(db, { all: 10_000, endpoint: 10_000, payouts: 10_000 });
  const accounts = await Promise.all(
    Array.from({ length: 120 }, () => stripe.v2.core.accounts.create({ dashboard: 'express' })),
  );
  await Promise.all(
    accounts.map(({ id }) => stripe.v2.core.accounts.update(id, { display_name: 'Ada' })),
  );
  const taken: string[] = [];
  const counted = {
    ...turns,
    take: (endpoint: Parameters<typeof turns.take>[0]) => {
      taken.push(endpoint);
      return turns.take(endpoint);
    },
  };
  const sweep = createSweepActivities({ stripe, db, turns: counted });
  const read = await runActivity(() => sweep.sweepAccountEvents());
  expect(read).toBeGreaterThanOrEqual(120);
  expect(taken).toHaveLength(Math.floor(read / 100) + 1);
  await runActivity(() => sweep.sweepAccountEvents());
  const stored = await db.selectFrom('inbox').select(['event_id', 'type', 'object_id']).execute();
  expect(stored).toHaveLength(read);
  expect(new Set(stored.map((event) => event.object_id)).size).toBe(120);
});

test('an earning is payable when its charge says so, and waits while the charge is not there', async () => {
  const stripe = createStripe({ secretKey: 'sk_test_sandbox', apiBase: sandbox.url });
  const turns = createTurns(db, { all: 10_000, endpoint: 10_000, payouts: 10_000 });
  const sweep = createSweepActivities({ stripe, db, turns });
  const source = 'tok_visa';
  const charge = await stripe.charges.create({ amount: 50_00, currency: 'eur', source });
  const movementId = charge.balance_transaction;
  if (typeof movementId !== 'string') throw new Error('the charge moved nothing');
  const movement = await stripe.balanceTransactions.retrieve(movementId);
  const sellerId = await money.seller();
  const known = await money.earn(sellerId, 40_00, { charge: charge.id });
  const unknown = await money.earn(sellerId, 40_00, { charge: 'ch_notthere' });
  expect(await runActivity(() => sweep.resolveEarnings())).toBe(1);
  const rows = await db.selectFrom('earnings').select(['id', 'available_on']).execute();
  expect(new Map(rows.map((row) => [row.id, row.available_on]))).toEqual(
    new Map([
      [known, new Date(movement.available_on * 1000).toISOString()],
      [unknown, null],
    ]),
  );
});

test('a charge that is not at Stripe is told within minutes, and an unclear one after a month', async () => {
  const stripe = createStripe({ secretKey: 'sk_test_sandbox', apiBase: sandbox.url });
  const turns = createTurns(db, { all: 10_000, endpoint: 10_000, payouts: 10_000 });
  const sweep = createSweepActivities({ stripe, db, turns });
  await db.deleteFrom('earnings').execute();
  const sellerId = await money.seller();
  const missing = await money.earn(sellerId, 40_00, { charge: 'ch_mistyped' });
  const unclear = await money.earn(sellerId, 30_00, { charge: 'ch_unclear' });
  const path = '/v1/charges/ch_unclear';
  await faults({ kind: 'status', method: 'GET', path, status: 500, count: 50 });
  const told = async () => {
    const select = db.selectFrom('discrepancies').select(['cause', 'object', 'in_ledger']);
    return select.where('seller_id', '=', sellerId).orderBy('opened_at').execute();
  };
  const olderBy = (time: string) =>
    db
      .updateTable('earnings')
      .set({ created_at: sql<string>`created_at - ${time}::interval` })
      .execute();
  await runActivity(() => sweep.resolveEarnings());
  expect(await told()).toEqual([]);
  await olderBy('2 minutes');
  for (let pass = 0; pass < 2; pass += 1) await runActivity(() => sweep.resolveEarnings());
  const first = { cause: 'charge-not-found', object: missing, in_ledger: 40_00 };
  expect(await told()).toEqual([first]);
  await olderBy('31 days');
  for (let pass = 0; pass < 2; pass += 1) await runActivity(() => sweep.resolveEarnings());
  const second = { cause: 'charge-unclear', object: unclear, in_ledger: 30_00 };
  expect(await told()).toEqual([first, second]);
  await faults();
});

test('a charge that Stripe fails to read keeps no other from being read', async () => {
  const stripe = createStripe({ secretKey: 'sk_test_sandbox', apiBase: sandbox.url });
  const turns = createTurns(db, { all: 10_000, endpoint: 10_000, payouts: 10_000 });
  const sweep = createSweepActivities({ stripe, db, turns });
  const sellerId = await money.seller();
  const source = 'tok_bypassPending';
  const charge = await stripe.charges.create({ amount: 50_00, currency: 'eur', source });
  await db.deleteFrom('earnings').execute();
  await money.earn(sellerId, 1_00, { charge: 'ch_broken' });
  const readable = await money.earn(sellerId, 40_00, { charge: charge.id });
  const fault = { kind: 'status', method: 'GET', path: '/v1/charges/ch_broken', status: 500 };
  await faults(fault);
  expect(await runActivity(() => sweep.resolveEarnings())).toBe(1);
  await faults();
  const rows = await db.selectFrom('earnings').select(['id', 'available_on']).execute();
  expect(rows.find(({ id }) => id === readable)?.available_on).not.toBeNull();
});

test('charges that the key may not read are told to who owns the key', async () => {
  const sweep = await oneEarningEach('ch_first', 'ch_second');
  const refused = () => listFailedChecks(db);
  await faults({ kind: 'status', method: 'GET', path: '/v1/charges', status: 403 });
  expect(await runActivity(() => sweep.resolveEarnings())).toBe(0);
  expect(await refused()).toMatchObject([{ name: 'charges-readable' }]);
  await faults();
  await runActivity(() => sweep.resolveEarnings());
  expect(await refused()).toEqual([]);
});

test('a silent Stripe is not asked about each charge', async () => {
  const sweep = await oneEarningEach('ch_1', 'ch_2', 'ch_3', 'ch_4', 'ch_5');
  await faults({ kind: 'status', method: 'GET', path: '/v1/charges', status: 500, count: 50 });
  await expect(runActivity(() => sweep.resolveEarnings())).rejects.toThrow('Stripe');
  await faults();
});

test.each([
  { cancelled: false, beats: 3, why: 'three silent charges in a row end the pass' },
  { cancelled: true, beats: 1, why: 'a cancelled pass ends at the first charge it cannot read' },
])('heartbeats before each charge ($beats): $why', async ({ cancelled, beats }) => {
  const sweep = await oneEarningEach('ch_1', 'ch_2', 'ch_3', 'ch_4', 'ch_5');
  await faults({ kind: 'status', method: 'GET', path: '/v1/charges', status: 500, count: 50 });
  const environment = activityEnvironment();
  let heard = 0;
  environment.on('heartbeat', () => (heard += 1));
  if (cancelled) environment.cancel();
  await expect(environment.run(() => sweep.resolveEarnings())).rejects.toThrow('Stripe');
  expect(heard).toBe(beats);
  await faults();
});

async function oneEarningEach(...charges: string[]) {
  const stripe = createStripe({ secretKey: 'sk_test_sandbox', apiBase: sandbox.url });
  const turns = createTurns(db, { all: 10_000, endpoint: 10_000, payouts: 10_000 });
  const sellerId = await money.seller();
  await db.deleteFrom('earnings').execute();
  for (const charge of charges) await money.earn(sellerId, 1_00, { charge });
  return createSweepActivities({ stripe, db, turns });
}

async function faults(...rules: object[]): Promise<void> {
  const headers = { 'Content-Type': 'application/json' };
  const body = JSON.stringify({ rules });
  const { ok } = await fetch(`${sandbox.url}/_sandbox/faults`, { method: 'PUT', headers, body });
  expect(ok).toBe(true);
}

test('charges without an answer keep no other from being asked', async () => {
  const stripe = createStripe({ secretKey: 'sk_test_sandbox', apiBase: sandbox.url });
  const turns = createTurns(db, { all: 10_000, endpoint: 10_000, payouts: 10_000 });
  const sweep = createSweepActivities({ stripe, db, turns });
  const sellerId = await money.seller();
  for (let number = 0; number < 101; number += 1) {
    await money.earn(sellerId, 1_00, { charge: `ch_mistyped${number}` });
  }
  const source = 'tok_bypassPending';
  const charge = await stripe.charges.create({ amount: 50_00, currency: 'eur', source });
  const known = await money.earn(sellerId, 40_00, { charge: charge.id });
  const passes = [1, 2, 3].map(() => () => runActivity(() => sweep.resolveEarnings()));
  const resolved = [];
  for (const pass of passes) resolved.push(await pass());
  expect(resolved.reduce((sum, count) => sum + count, 0)).toBe(1);
  const row = await db
    .selectFrom('earnings')
    .select('available_on')
    .where('id', '=', known)
    .executeTakeFirstOrThrow();
  expect(row.available_on).not.toBeNull();
});

test('an event is found though our clock runs ahead of Stripe', async () => {
  const stripe = createStripe({ secretKey: 'sk_test_sandbox', apiBase: sandbox.url });
  const turns = createTurns(db, { all: 10_000, endpoint: 10_000, payouts: 10_000 });
  const sweep = createSweepActivities({ stripe, db, turns });
  await money.moveTo(3_600_000);
  await runActivity(() => sweep.sweepAccountEvents());
  const account = await stripe.v2.core.accounts.create({ dashboard: 'express' });
  await stripe.v2.core.accounts.update(account.id, { display_name: 'Ada' });
  await runActivity(() => sweep.sweepAccountEvents());
  const stored = await db
    .selectFrom('inbox')
    .select('event_id')
    .where('object_id', '=', account.id)
    .execute();
  expect(stored.length).toBeGreaterThan(0);
});
