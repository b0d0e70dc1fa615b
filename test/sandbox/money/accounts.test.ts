import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectRefusal, type MoneySandbox, startMoneySandbox } from './stage.ts';

let s: MoneySandbox;

beforeAll(async () => {
  s = await startMoneySandbox();
});
afterAll(() => s.close());

const paid = async (stripeAccount: string) =>
  s.stripe.payouts.create({ amount: 10_00, currency: 'usd' }, { stripeAccount });

async function rich(): Promise<string> {
  const destination = await s.seller();
  await s.fund(50_00);
  await s.stripe.transfers.create({ amount: 20_00, currency: 'usd', destination });
  return destination;
}

const payoutsCapability = async (id: string) => {
  const account = await s.stripe.v2.core.accounts.retrieve(id, {
    include: ['configuration.recipient'],
  });
  return account.configuration?.recipient?.capabilities?.stripe_balance?.payouts?.status;
};

test('accounts are no longer created through v1', async () => {
  const request = s.stripe.accounts.create({ country: 'US' });
  await expectRefusal(request, undefined, /^Stripe no longer recommends Accounts v1/);
});

test('an account of v2 is shown by v1 under the same id', async () => {
  const id = await s.seller('de');
  expect(await s.stripe.accounts.retrieve(id)).toMatchObject({
    id,
    object: 'account',
    country: 'DE',
    default_currency: 'eur',
    payouts_enabled: true,
    capabilities: { transfers: 'active' },
  });
  const { data } = await s.stripe.accounts.list({ limit: 1 });
  expect(data.map((account) => account.id)).toEqual([id]);
});

test('the key names its own account', async () => {
  expect((await s.stripe.accounts.retrieveCurrent()).id).toBe('acct_sandboxplatform');
});

test('a rejected account neither receives nor pays out, until that is taken back', async () => {
  const id = await rich();
  await s.stripe.accounts.reject(id, { reason: 'other' });
  expect(await payoutsCapability(id)).toBe('rejected');
  await expectRefusal(paid(id), 'payouts_not_allowed');
  await expectRefusal(
    s.stripe.transfers.create({ amount: 1_00, currency: 'usd', destination: id }),
    'insufficient_capabilities_for_transfer',
  );
  await s.stripe.rawRequest('POST', `/v1/accounts/${id}/unreject`);
  expect(await payoutsCapability(id)).toBe('active');
  expect((await paid(id)).status).toBe('pending');
});

test('while payouts are paused none is made, and a pending one waits at most ten days', async () => {
  const id = await rich();
  const { id: waiting } = await paid(id);
  await s.ask('POST', `accounts/${id}/pause-payouts`, { paused: true });
  await expectRefusal(paid(id), 'payouts_not_allowed');
  const status = async () =>
    (await s.stripe.payouts.retrieve(waiting, {}, { stripeAccount: id })).status;
  await s.moveDays(5);
  expect(await status()).toBe('pending');
  await s.moveDays(7);
  expect(await status()).toBe('canceled');
  expect(await s.available(id)).toBe(20_00);
});

test('a pending payout goes on when its pause ends in time', async () => {
  const id = await rich();
  const { id: waiting } = await paid(id);
  await s.ask('POST', `accounts/${id}/pause-payouts`, { paused: true });
  await s.moveDays(5);
  await s.ask('POST', `accounts/${id}/pause-payouts`, { paused: false });
  await s.moveDays(5);
  const payout = await s.stripe.payouts.retrieve(waiting, {}, { stripeAccount: id });
  expect(payout.status).toBe('paid');
});

test('a seller without a bank account receives transfers, but no payouts', async () => {
  const id = await s.seller();
  const { data } = await s.stripe.accounts.listExternalAccounts(id, {});
  await s.stripe.accounts.deleteExternalAccount(id, String(data[0]?.id));
  expect(await payoutsCapability(id)).toBe('restricted');
  await s.fund(50_00);
  await s.stripe.transfers.create({ amount: 20_00, currency: 'usd', destination: id });
  await expectRefusal(paid(id), 'payouts_not_allowed');
});
