import { afterEach, expect, test } from 'vitest';
import { recordInstallation } from '../../../db/operations/installation.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { type Stage, startStage } from '../../build/stage.ts';

let stage: Stage;
afterEach(() => stage.close());

const terms = () =>
  stage.db
    .selectFrom('sellers')
    .select(['account_country', 'service_agreement'])
    .executeTakeFirstOrThrow();
const reads = async () => {
  const path = `/v1/accounts/${stage.account}`;
  const answer = await stage.sandbox.ask('GET', `requests?method=GET&path=${path}`);
  const { requests } = answer as { requests: { path: string }[] };
  return requests.filter((one) => one.path === path).length;
};

test('the country and the agreement of an account are read once, when it can receive money', async () => {
  stage = await startStage('transfer');
  await stage.sandbox.ask('POST', `accounts/${stage.account}/complete-onboarding`, {
    serviceAgreement: 'recipient',
  });
  await stage.run.readAccount();
  expect(await terms()).toEqual({ account_country: 'US', service_agreement: 'recipient' });
  await stage.run.readAccount();
  expect(await reads()).toBe(1);
});

test('a transfer that was never sent is kept when the route closes, and Stripe is not asked', async () => {
  stage = await startStage('transfer');
  await stage.run.setManualPayouts();
  await recordInstallation(stage.db, {
    stripeAccount: 'acct_platform',
    livemode: false,
    stripeIs: 'sandbox',
    temporalNamespace: 'default',
    platformCountry: 'DE',
  });
  const set = { account_country: 'JP', service_agreement: 'full' as const };
  await stage.db.updateTable('sellers').set(set).execute();
  const before = (await stage.posts()).length;
  expect(await stage.act()).toMatchObject({ status: 'reserved', waitingFor: 'no-route' });
  expect(await stage.posts()).toHaveLength(before);
  expect(await reservePayout(stage.db, stage.payoutId)).toMatchObject({ status: 'reserved' });
  await stage.db.updateTable('sellers').set({ account_country: 'FR' }).execute();
  await stage.act();
  expect((await stage.posts()).length).toBeGreaterThan(before);
});
