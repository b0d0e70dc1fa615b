import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type Stripe from 'stripe';
import { expectRefusal, type MoneySandbox, startMoneySandbox } from './stage.ts';

let s: MoneySandbox;

beforeAll(async () => {
  s = await startMoneySandbox();
});
beforeEach(() => s.moveToMonday());
afterAll(() => s.close());

const charge = (given: Partial<Stripe.ChargeCreateParams> = {}) =>
  s.stripe.charges.create({ amount: 100_00, currency: 'usd', source: 'tok_visa', ...given });

const heard = async (type: string) => (await s.stripe.events.list({ type })).data.length;

test('a card charge is pending for two business days, less the fee', async () => {
  const [available, pending] = [await s.available(), await s.pending()];
  const made = await charge({ expand: ['balance_transaction'] });
  expect(made).toMatchObject({ status: 'succeeded', paid: true, captured: true });
  expect(made.balance_transaction).toMatchObject({ fee: 3_20, net: 96_80, status: 'pending' });
  expect(await s.pending()).toBe(pending + 96_80);
  const before = await heard('balance.available');
  await s.moveDays(2);
  expect([await s.available(), await s.pending()]).toEqual([available + 96_80, pending]);
  expect(await heard('balance.available')).toBe(before + 1);
});

test.each(['tok_bypassPending', 'pm_card_bypassPending'])(
  '%s is available at once',
  async (source) => {
    const before = await s.available();
    await charge({ source });
    expect(await s.available()).toBe(before + 96_80);
  },
);

test('a declined card is a card error', async () => {
  const request = charge({ source: 'tok_chargeDeclinedInsufficientFunds' });
  await expectRefusal(request, 'card_declined', /declined/, 402);
  await expectRefusal(charge({ source: 'tok_unknown' }), 'resource_missing');
});

test('a charge has bounds', async () => {
  await expectRefusal(charge({ amount: 49 }), 'amount_too_small');
  await expectRefusal(charge({ amount: 1_000_000_00 }), 'amount_too_large');
});

test('a refund takes the amount back, but not the fee', async () => {
  const made = await charge({ source: 'tok_bypassPending' });
  const before = await s.available();
  const refund = await s.stripe.refunds.create({ charge: made.id, amount: 30_00 });
  expect(refund).toMatchObject({ object: 'refund', status: 'succeeded', charge: made.id });
  expect(await s.available()).toBe(before - 30_00);
  expect(await s.stripe.charges.retrieve(made.id)).toMatchObject({
    amount_refunded: 30_00,
    refunded: false,
  });
  const tooMuch = s.stripe.refunds.create({ charge: made.id, amount: 70_01 });
  await expectRefusal(tooMuch, undefined, /greater than unrefunded amount/);
  await s.stripe.refunds.create({ charge: made.id });
  expect((await s.stripe.charges.retrieve(made.id)).refunded).toBe(true);
  const again = s.stripe.refunds.create({ charge: made.id });
  await expectRefusal(again, 'charge_already_refunded');
  expect(await s.told(made.id)).toEqual(['charge.succeeded', 'charge.refunded', 'charge.refunded']);
});

test('a destination charge passes its amount on, and a refund may pull it back', async () => {
  const destination = await s.seller();
  const made = await charge({ transfer_data: { amount: 80_00, destination } });
  expect(made.transfer).toMatch(/^tr_/);
  expect(await s.pending(destination)).toBe(80_00);
  const refund = await s.stripe.refunds.create({
    charge: made.id,
    amount: 50_00,
    reverse_transfer: true,
  });
  expect(refund.transfer_reversal).toMatch(/^trr_/);
  expect(await s.pending(destination)).toBe(40_00);
});

test('a direct charge and its refund are on the seller, down into the negative', async () => {
  const stripeAccount = await s.seller();
  const params = { amount: 100_00, currency: 'usd', source: 'tok_bypassPending' };
  const made = await s.stripe.charges.create(params, { stripeAccount });
  expect(await s.available(stripeAccount)).toBe(96_80);
  await s.stripe.refunds.create({ charge: made.id }, { stripeAccount });
  expect(await s.available(stripeAccount)).toBe(-3_20);
  await expectRefusal(s.stripe.charges.retrieve(made.id), 'resource_missing', '', 404);
});

test('charges are listed by transfer group', async () => {
  const made = await charge({ transfer_group: 'order-9' });
  const { data } = await s.stripe.charges.list({ transfer_group: 'order-9' });
  expect(data.map((one) => one.id)).toEqual([made.id]);
});

test('a top-up arrives after five business days and tells of the balance', async () => {
  const before = await s.available();
  const made = await s.stripe.topups.create({ amount: 500_00, currency: 'usd' });
  expect(made).toMatchObject({ status: 'pending', balance_transaction: null });
  await s.moveDays(6);
  expect((await s.stripe.topups.retrieve(made.id)).status).toBe('pending');
  await s.moveTo(Number(made.expected_availability_date) * 1000);
  const arrived = await s.stripe.topups.retrieve(made.id);
  expect(arrived.status).toBe('succeeded');
  expect(arrived.balance_transaction).toMatch(/^txn_/);
  expect(await s.available()).toBe(before + 500_00);
  expect(await s.told(made.id)).toEqual(['topup.created', 'topup.succeeded']);
});

test('a top-up fails by its source', async () => {
  const made = await s.stripe.topups.create({
    amount: 500_00,
    currency: 'usd',
    source: 'btok_us_verified_insufficientFunds',
  });
  await s.moveDays(8);
  expect(await s.stripe.topups.retrieve(made.id)).toMatchObject({
    status: 'failed',
    failure_code: 'insufficient_funds',
  });
});

test('a top-up that has arrived can still be taken back by its bank', async () => {
  const made = await s.stripe.topups.create({ amount: 500_00, currency: 'usd' });
  await s.moveTo(Number(made.expected_availability_date) * 1000);
  const before = await s.available();
  await s.ask('POST', `topups/${made.id}/reverse`);
  expect((await s.stripe.topups.retrieve(made.id)).status).toBe('reversed');
  expect(await s.available()).toBe(before - 500_00);
  expect(await s.told(made.id)).toContain('topup.reversed');
});

test('a pending top-up is canceled once', async () => {
  const made = await s.stripe.topups.create({ amount: 500_00, currency: 'usd' });
  expect((await s.stripe.topups.cancel(made.id)).status).toBe('canceled');
  await expectRefusal(s.stripe.topups.cancel(made.id), 'status_transition_invalid');
  const { data } = await s.stripe.topups.list({ status: 'canceled' });
  expect(data.map((one) => one.id)).toEqual([made.id]);
});

test('every balance is the sum of its entries', async () => {
  await charge();
  const sums: Record<string, number> = { available: 0, pending: 0 };
  for await (const entry of s.stripe.balanceTransactions.list({ limit: 100 })) {
    sums[entry.status] = (sums[entry.status] ?? 0) + entry.net;
  }
  expect(sums).toEqual({ available: await s.available(), pending: await s.pending() });
});
