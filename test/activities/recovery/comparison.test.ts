import { afterEach, expect, test } from 'vitest';
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
  const list = { method: 'GET', path: '/v1/payouts' };
  await stage.disturb({ ...list, kind: 'drop-before', count: 100 });
  await expect(check()).rejects.toMatchObject({ type: 'StripeReadFailed' });
  expect(await isCompared()).toBe(false);
});

test('an account that has left the platform stops nobody else', async () => {
  await startUncompared();
  await stage.sandbox.ask('POST', `accounts/${stage.account}/deauthorize`);
  await check();
  expect(await isCompared()).toBe(true);
});

test('a key that may not read payouts leaves it to be done', async () => {
  await startUncompared();
  await stage.disturb({ kind: 'status', method: 'GET', path: '/v1/payouts', status: 403 });
  await expect(check()).rejects.toMatchObject({ type: 'StripeReadForbidden' });
  expect(await isCompared()).toBe(false);
});
