import { afterEach, expect, test } from 'vitest';
import { listFailedChecks } from '../../db/operations/checks.ts';
import { activityEnvironment } from '../build/activities.ts';
import { type Stage, startStage } from '../build/stage.ts';

let stage: Stage;
afterEach(() => stage.close());

/** As the job does: tries of one pass, until one is answered. */
async function check(tries: number): Promise<string[]> {
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const environment = activityEnvironment(attempt);
    await environment.run(() => stage.activities.checkPlatformPayouts()).catch(() => {});
  }
  return (await listFailedChecks(stage.db)).map(({ name }) => name);
}

test('an outage of Stripe is a failed check until it answers, and one lost call is none', async () => {
  stage = await startStage('transfer');
  const aim = { method: 'GET', path: '/v1/balance_settings' };
  await stage.disturb({ ...aim, kind: 'drop-before', count: 100 });
  expect(await check(1)).not.toContain('stripe-answers');
  expect(await check(2)).toContain('stripe-answers');
  await stage.disturb();
  expect(await check(1)).not.toContain('stripe-answers');
});

test('each pass leaves a sign of life, by which a backup says how old it is', async () => {
  stage = await startStage('transfer');
  const aliveAt = async () =>
    (await stage.db.selectFrom('operations').select('alive_at').executeTakeFirstOrThrow()).alive_at;
  await check(1);
  const first = await aliveAt();
  await stage.moveMinutes(5);
  await check(1);
  expect(Date.parse((await aliveAt()) ?? '') - Date.parse(first ?? '')).toBeGreaterThan(4 * 60_000);
});

test('a setup that Stripe refuses the read is told by Stripe’s answer', async () => {
  stage = await startStage('transfer');
  const aim = { method: 'GET', path: '/v1/balance_settings' };
  await stage.disturb({ ...aim, kind: 'status', status: 403 });
  await expect(stage.activities.checkPlatformPayouts()).rejects.toMatchObject({
    type: 'StripeReadForbidden',
  });
});
