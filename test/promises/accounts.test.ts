import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PayoutId, SellerId } from '../../domain/ids.ts';
import {
  createActiveSeller,
  fundPlatform,
  orderPayout,
  type RunningEngine,
  startEngine,
  untilPayout,
} from '../build/engine.ts';
import { until } from '../../dev/wait.ts';

let engine: RunningEngine;
beforeAll(async () => {
  engine = await startEngine();
  await fundPlatform(engine);
});
afterAll(() => engine.stop());

const day = 24 * 60;

test('a seller whose bank account fails is told why, and paid once the details are others', async () => {
  const { sellerId, account } = await sellerWith(100_00);
  const failed = await orderPayout(engine, sellerId);
  await untilPayout(engine, failed, 'sent');
  const { stripePayoutId } = await engine.call('GET', `/v1/payouts/${failed}`);
  await engine.control('POST', `/payouts/${stripePayoutId}/fail`, {
    failureCode: 'account_closed',
  });
  const { failure } = await untilPayout(engine, failed, 'failed');
  expect(failure).toMatchObject({ code: 'account_closed', next: 'new-details' });
  expect(failure.forSeller).toContain('bank account is closed');
  const other = await orderPayout(engine, sellerId);
  await until('it waits for new details', async () => {
    return (await engine.call('GET', `/v1/payouts/${other}`)).waitingFor === 'bank-details';
  });
  await addBank(account, 'DE75512108001245126199');
  const paid = await untilPayout(engine, other, 'sent');
  expect(paid).toMatchObject({ total: { amount: 100_00 }, replaces: null });
  expect(await balanceOf(sellerId)).toMatchObject({ 'in-transit': 100_00 });
  const { data } = await engine.call('GET', `/v1/sellers/${sellerId}/bank-accounts`);
  expect(data).toMatchObject([
    { isDefault: true, pausedAt: null, last4: '6199' },
    { failures: 1, isDefault: false },
  ]);
  // The last four digits are all that is shown of the number.
  expect(JSON.stringify(data)).not.toMatch(/DE\d|26199/);
});

test('a payout that the bank sends back is booked once, in its watch and after it', async () => {
  const { sellerId } = await sellerWith(50_00);
  const payoutId = await orderPayout(engine, sellerId);
  const { stripePayoutId } = await untilPayout(engine, payoutId, 'sent');
  await advance(5 * day);
  await untilPayout(engine, payoutId, 'paid');
  await advance(11 * day);
  await untilPayout(engine, payoutId, 'settled');
  await engine.control('POST', `/payouts/${stripePayoutId}/fail`, { failureCode: 'declined' });
  await untilPayout(engine, payoutId, 'returned');
  expect(await balanceOf(sellerId)).toMatchObject({ account: 50_00, bank: 0 });
  const again = await orderPayout(engine, sellerId);
  const { stripePayoutId: second } = await untilPayout(engine, again, 'sent');
  await advance(5 * day);
  await untilPayout(engine, again, 'paid');
  await engine.control('POST', `/payouts/${second}/fail`, { failureCode: 'could_not_process' });
  const { failure } = await untilPayout(engine, again, 'returned');
  expect(failure).toMatchObject({ next: 'wait' });
  expect(await kindsOf(sellerId)).toEqual(expect.arrayContaining(['returned', 'returned']));
  expect((await kindsOf(sellerId)).filter((kind) => kind === 'returned')).toHaveLength(2);
  expect(await balanceOf(sellerId)).toMatchObject({ account: 50_00, bank: 0 });
});

test('a payout made in the Dashboard is booked as foreign, and the next payout goes on', async () => {
  const { sellerId, account } = await sellerWith(100_00);
  const first = await orderPayout(engine, sellerId);
  const { stripePayoutId } = await untilPayout(engine, first, 'sent');
  await engine.control('POST', `/payouts/${stripePayoutId}/fail`, { failureCode: 'declined' });
  await untilPayout(engine, first, 'failed');
  const { id: foreign } = await stripe('/v1/payouts', { amount: '6000', currency: 'eur' }, account);
  await until('it is foreign', async () => (await balanceOf(sellerId)).foreign === 60_00);
  await engine.call('POST', `/v1/sellers/${sellerId}/earnings`, { amount: 20_00, currency: 'eur' });
  const second = await orderPayout(engine, sellerId);
  expect(await untilPayout(engine, second, 'sent')).toMatchObject({
    fromAccount: { amount: 40_00 },
    fromPlatform: { amount: 20_00 },
  });
  const { data } = await engine.call('GET', `/v1/sellers/${sellerId}/entries?kind=foreign`);
  expect(data).toMatchObject([{ from: 'account', to: 'foreign', stripeId: foreign }]);
});

test('a payout made in the Dashboard out of what was set aside makes a smaller one take its place', async () => {
  const { sellerId, account } = await sellerWith(100_00);
  const first = await orderPayout(engine, sellerId);
  const { stripePayoutId } = await untilPayout(engine, first, 'sent');
  await engine.control('POST', `/payouts/${stripePayoutId}/fail`, { failureCode: 'declined' });
  await untilPayout(engine, first, 'failed');
  await engine.control('PUT', '/webhooks', { mode: 'off' });
  await stripe('/v1/payouts', { amount: '6000', currency: 'eur' }, account);
  const short = await orderPayout(engine, sellerId);
  expect(await untilPayout(engine, short, 'skipped')).toMatchObject({
    skipReason: 'account-short',
  });
  const next = await untilOne(sellerId, ({ replaces }) => replaces === short);
  expect(await untilPayout(engine, next.id, 'sent')).toMatchObject({ total: { amount: 40_00 } });
  await engine.control('PUT', '/webhooks', { mode: 'on' });
});

test('a seller with charges of its own is paid without a transfer, and a refund keeps it back', async () => {
  const { sellerId, account } = await sellerWith(0);
  await advance(6); // past the minutes for which books that were read count as fresh
  const charge = { amount: '10000', currency: 'eur', source: 'tok_bypassPending' };
  const { id } = await stripe('/v1/charges', charge, account);
  await until('it is earned', async () => (await balanceOf(sellerId)).account === 96_80);
  const payoutId = await orderPayout(engine, sellerId);
  expect(await untilPayout(engine, payoutId, 'sent')).toMatchObject({
    transferId: null,
    total: { amount: 96_80 },
  });
  await stripe('/v1/refunds', { charge: id }, account);
  const blocked = await orderPayout(engine, sellerId);
  // The account's books were read within this minute: a minute later the refund is seen.
  await untilPayout(engine, blocked, 'skipped');
  await advance(day);
  const kept = await orderPayout(engine, sellerId);
  expect(await untilPayout(engine, kept, 'skipped')).toMatchObject({
    skipReason: 'account-negative',
  });
  await stripe('/v1/charges', { ...charge, amount: '20000' }, account);
  await advance(61); // where its event came while its books were fresh, the job reads them
  await until('it is lifted', async () => ((await balanceOf(sellerId))['account'] ?? 0) > 0);
  const lifted = await orderPayout(engine, sellerId);
  expect(await untilPayout(engine, lifted, 'sent')).toMatchObject({ total: { amount: 93_90 } });
});

test('requirements come back after months: payouts wait until they are met', async () => {
  const { sellerId, account } = await sellerWith(30_00);
  for (let month = 0; month < 3; month += 1) await advance(30 * day);
  await engine.control('PUT', '/webhooks', { mode: 'off' });
  await engine.control('POST', `/accounts/${account}/complete-onboarding`, {
    line1: 'address_no_match',
  });
  await advance(day);
  const seller = await until('the seller is restricted', async () => {
    const read = await engine.call('GET', `/v1/sellers/${sellerId}`);
    return read.status === 'restricted' && read;
  });
  expect(seller.requirements).toMatchObject([
    {
      description: 'identity.individual.address',
      mustAct: 'seller',
      errors: ['verification_failed_address_match'],
    },
  ]);
  expect(seller.requirements[0].text).toContain('; needed for ');
  const payoutId = await orderPayout(engine, sellerId);
  await engine.control('POST', `/accounts/${account}/complete-onboarding`, {});
  await advance(day);
  expect(await untilPayout(engine, payoutId, 'sent')).toMatchObject({ total: { amount: 30_00 } });
  expect((await engine.call('GET', `/v1/sellers/${sellerId}/requirements`)).data).toEqual([]);
});

test('payouts that somebody sets back to automatic are manual again though every event is lost', async () => {
  const { sellerId, account } = await sellerWith(40_00);
  await engine.control('PUT', '/webhooks', { mode: 'off' });
  const intervalOf = async () => {
    const { payments } = await stripe('/v1/balance_settings', undefined, account);
    return payments.payouts.schedule.interval;
  };
  const daily = { 'payments[payouts][schedule][interval]': 'daily' };
  await stripe('/v1/balance_settings', daily, account);
  await advance(61);
  await until('it is set to manual', async () => (await intervalOf()) === 'manual');
  const payoutId = await orderPayout(engine, sellerId);
  await untilPayout(engine, payoutId, 'sent');
  await advance(day);
  const { data } = await stripe('/v1/payouts', undefined, account);
  expect(data).toMatchObject([{ amount: 40_00, automatic: false }]);
  await engine.control('PUT', '/webhooks', { mode: 'on' });
});

async function sellerWith(amount: number): Promise<{ sellerId: SellerId; account: string }> {
  const sellerId = await createActiveSeller(engine);
  const path = `/v1/sellers/${sellerId}/earnings`;
  if (amount > 0) await engine.call('POST', path, { amount, currency: 'eur' });
  const { stripeAccount } = await engine.call('GET', `/v1/sellers/${sellerId}`);
  return { sellerId, account: stripeAccount };
}

/** As the seller would, or somebody in the Dashboard; without fields it only looks. */
async function stripe(path: string, fields?: Record<string, string>, account?: string) {
  const answer = await fetch(`${engine.env['STRIPE_API_BASE']}${path}`, {
    method: fields ? 'POST' : 'GET',
    headers: {
      authorization: `Bearer ${engine.env['STRIPE_SECRET_KEY']}`,
      'content-type': 'application/x-www-form-urlencoded',
      ...(account !== undefined && { 'stripe-account': account }),
    },
    ...(fields && { body: new URLSearchParams(fields) }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as ReturnType<typeof JSON.parse>;
}

async function addBank(account: string, number: string): Promise<void> {
  await stripe(`/v1/accounts/${account}/external_accounts`, {
    'external_account[object]': 'bank_account',
    'external_account[country]': 'DE',
    'external_account[currency]': 'eur',
    'external_account[account_number]': number,
    default_for_currency: 'true',
  });
}

async function advance(advanceMinutes: number): Promise<void> {
  await engine.call('POST', '/v1/test/clock', { advanceMinutes });
}

async function balanceOf(sellerId: SellerId): Promise<Record<string, number>> {
  const { data } = await engine.call('GET', `/v1/sellers/${sellerId}/balances`);
  return data[0]?.places ?? {};
}

async function kindsOf(sellerId: SellerId): Promise<string[]> {
  const { data } = await engine.call('GET', `/v1/sellers/${sellerId}/entries?limit=100`);
  return (data as { kind: string }[]).map(({ kind }) => kind);
}

type Shown = { id: PayoutId; replaces: string | null; orderedBy: string };

async function untilOne(sellerId: SellerId, is: (one: Shown) => boolean): Promise<Shown> {
  return until('there is such a payout', async () => {
    const { data } = await engine.call('GET', `/v1/sellers/${sellerId}/payouts`);
    return (data as Shown[]).find(is);
  });
}
