import { afterEach, describe, expect, test } from 'vitest';
import { listAttention } from '../../../db/attention/waiting-for-people.ts';
import { listFailedChecks } from '../../../db/operations/checks.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { newId, type PayoutId } from '../../../domain/ids.ts';
import { runActivity } from '../../build/activities.ts';
import { type Stage, startStage } from '../../build/stage.ts';

/** What is compared with Stripe after a start of PostgreSQL, before money may move. */
let stage: Stage;
afterEach(() => stage.close());

const check = () => runActivity(() => stage.activities.checkPlatformPayouts());

async function startUncompared(): Promise<void> {
  stage = await startStage('transfer');
  await stage.db.updateTable('operations').set({ compared_start: 'before' }).execute();
}

async function isCompared(): Promise<boolean> {
  const { compared_start } = await stage.db
    .selectFrom('operations')
    .select('compared_start')
    .executeTakeFirstOrThrow();
  return compared_start !== 'before';
}

test('all that may not be sent before the comparison wait for one', async () => {
  await startUncompared();
  const list = { method: 'GET', path: '/v1/transfers' };
  await stage.disturb({ ...list, kind: 'delay', delayMs: 500, count: 100 });
  await Promise.all([stage.act(), check(), check()]);
  expect(await stage.reads('/v1/transfers')).toHaveLength(1);
  expect(await stage.made()).toHaveLength(1);
});

test.each([
  ['/v1/transfers', '/v1/payouts'],
  ['/v1/payouts', '/v1/transfers'],
])('a read of %s that fails is made again, and that of %s is not', async (path, other) => {
  await startUncompared();
  const list = { method: 'GET', path };
  await stage.disturb(
    { ...list, kind: 'drop-before', count: 2 },
    { ...list, kind: 'status', status: 429, count: 1 },
  );
  await check();
  expect(await isCompared()).toBe(true);
  expect(await stage.reads(path)).toHaveLength(4);
  expect(await stage.reads(other)).toHaveLength(1);
});

test('a Stripe that stays away leaves it to be done', async () => {
  await startUncompared();
  await stage.disturb({ method: 'GET', path: '/v1/', kind: 'drop-before', count: 100 });
  await expect(check()).rejects.toMatchObject({ type: 'StripeReadFailed' });
  expect(await isCompared()).toBe(false);
});

test('an account that has left the platform stops nobody else', async () => {
  await startUncompared();
  await stage.sandbox.ask('POST', `accounts/${stage.account}/deauthorize`);
  await check();
  expect(await isCompared()).toBe(true);
});

test('a key that may not read transfers leaves it to be done, and is told by Stripe’s answer', async () => {
  await startUncompared();
  await stage.disturb({ kind: 'status', method: 'GET', path: '/v1/transfers', status: 403 });
  await expect(check()).rejects.toMatchObject({ type: 'StripeReadForbidden' });
  expect(await isCompared()).toBe(false);
  const [failed, ...others] = await listFailedChecks(stage.db);
  expect(others).toEqual([]);
  expect(failed).toMatchObject({ name: 'transfers-readable' });
  expect(failed?.remedy).toContain('Stripe answers 403');
});

describe.each([
  { kind: 'status', status: 403, why: 'the key may not read it' },
  { kind: 'status', status: 404, why: 'it is gone' },
  { kind: 'drop-before', why: 'it never answers' },
])('an account whose payouts cannot be compared, since $why,', ({ why: _why, ...fault }) => {
  test('is sent nothing until they are, and stops nobody else', async () => {
    await startUncompared();
    const other = await sellerBeside();
    const path = '/v1/payouts';
    await stage.disturb({ ...fault, method: 'GET', path, account: stage.account, count: 99 });
    await check();
    expect(await isCompared()).toBe(true);
    expect(await stage.act()).toMatchObject({ status: 'reserved', waitingFor: 'unread-account' });
    expect(await stage.made()).toEqual([]);
    const paid = await runActivity(() => stage.activities.createTransfer({ payoutId: other }));
    expect(paid).toMatchObject({ status: 'transferred' });
    expect(await listAttention(stage.db, { limit: 5 })).toMatchObject([
      { sellerId: stage.sellerId, parked: 'account-unreadable' },
    ]);
    await stage.disturb();
    await stage.forgetWakeUps();
    await check();
    expect(await stage.wakeUps()).toEqual({ [`payout/${stage.payoutId}`]: ['payouts'] });
    expect(await stage.act()).toMatchObject({ status: 'transferred' });
    expect(await stage.made()).toHaveLength(1);
  });
});

/** A reserved payout of another seller. */
async function sellerBeside(): Promise<PayoutId> {
  const id = newId('sel');
  const account = await stage.sandbox.account(id);
  const sellerId = await stage.seller({ id, currency: 'usd', account });
  await stage.earn(sellerId, 50_00, { currency: 'usd' });
  const payoutId = await stage.order(sellerId, null, 'usd');
  await reservePayout(stage.db, payoutId);
  return payoutId;
}
