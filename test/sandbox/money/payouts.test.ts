import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type Stripe from 'stripe';
import { failingNumber, failureOf } from '../../../sandbox/payouts/failures.ts';
import { expectRefusal, type MoneySandbox, startMoneySandbox } from './stage.ts';

let s: MoneySandbox;
let seller: string;

beforeAll(async () => {
  s = await startMoneySandbox();
});
beforeEach(async () => {
  await s.moveToMonday();
  seller = await rich(await s.seller());
});
afterAll(() => s.close());

async function rich(account: string, amount = 50_00): Promise<string> {
  await s.fund(amount * 2);
  await s.stripe.transfers.create({ amount, currency: 'usd', destination: account });
  await s.stripe.balanceSettings.update(
    { payments: { payouts: { schedule: { interval: 'manual' } } } },
    { stripeAccount: account },
  );
  return account;
}

const payout = (given: Partial<Stripe.PayoutCreateParams> = {}, stripeAccount = seller) =>
  s.stripe.payouts.create({ amount: 20_00, currency: 'usd', ...given }, { stripeAccount });

const read = (id: string, stripeAccount = seller) =>
  s.stripe.payouts.retrieve(id, {}, { stripeAccount });

const banksOf = async (account: string) =>
  (await s.stripe.accounts.listExternalAccounts(account, { object: 'bank_account' })).data;

test('a payout leaves the balance at once, then goes to the bank and arrives', async () => {
  const made = await payout({ metadata: { payout: 'po-1' } });
  expect(made).toMatchObject({ status: 'pending', automatic: false, method: 'standard' });
  expect(await s.available(seller)).toBe(30_00);
  await s.moveDays(1);
  expect((await read(made.id)).status).toBe('in_transit');
  await s.moveTo(made.arrival_date * 1000);
  expect(await read(made.id)).toMatchObject({
    status: 'paid',
    trace_id: { status: 'supported' },
    metadata: { payout: 'po-1' },
  });
  expect(await s.told(made.id, seller)).toEqual([
    'payout.created',
    'payout.updated',
    'payout.paid',
  ]);
});

test('a payout made on Friday arrives on Tuesday, since banks rest at the weekend', async () => {
  await s.moveDays(4);
  const { arrival_date: arrival, created } = await payout();
  expect(new Date(created * 1000).getUTCDay()).toBe(5);
  expect(new Date(arrival * 1000).getUTCDay()).toBe(2);
});

test('a payout beyond the available balance is refused', async () => {
  await expectRefusal(
    payout({ amount: 50_01 }),
    'balance_insufficient',
    /Your card balance is too low/,
  );
});

test('of two payouts racing for one balance, one is refused', async () => {
  const outcomes = await Promise.allSettled([payout({ amount: 30_00 }), payout({ amount: 30_00 })]);
  expect(outcomes.map((one) => one.status).toSorted()).toEqual(['fulfilled', 'rejected']);
});

test.each([
  ['000111111116', 'no_account'],
  ['000111111113', 'account_closed'],
  ['000222222227', 'insufficient_funds'],
  ['000333333335', 'debit_not_authorized'],
  ['000444444440', 'invalid_currency'],
])('a payout to %s fails with %s, and the money comes back', async (accountNumber, code) => {
  const account = await rich(await s.seller('us', { accountNumber }));
  const { id } = await payout({}, account);
  await s.moveDays(2);
  const failed = await read(id, account);
  expect(failed).toMatchObject({ status: 'failed', failure_code: code });
  expect(failed.failure_message).not.toBeNull();
  const source = failed.failure_balance_transaction as string;
  const back = await s.stripe.balanceTransactions.retrieve(source, {}, { stripeAccount: account });
  expect(back).toMatchObject({ amount: 20_00, type: 'payout_failure', source: id });
  expect(await s.available(account)).toBe(50_00);
  expect(await s.told(id, account)).toEqual(['payout.created', 'payout.updated', 'payout.failed']);
  expect(await banksOf(account)).toMatchObject([{ status: 'errored' }]);
});

test.each(['US', 'JP', 'GB', 'DE', 'CH'])(
  '%s has its own numbers whose payouts fail',
  (country) => {
    const codes = ['no_account', 'account_closed', 'insufficient_funds', 'invalid_currency'];
    const numbers = codes.map((code) => failingNumber(code, country) ?? '');
    expect(new Set(numbers).size).toBe(codes.length);
    expect(numbers.map(failureOf)).toEqual(codes);
  },
);

test('a paid payout can still come back', async () => {
  const made = await payout();
  await s.moveDays(3);
  expect((await read(made.id)).status).toBe('paid');
  await s.ask('POST', `payouts/${made.id}/fail`, { failureCode: 'account_closed' });
  expect(await read(made.id)).toMatchObject({ status: 'failed', failure_code: 'account_closed' });
  expect(await s.available(seller)).toBe(50_00);
});

test('a test may let a payout arrive at once', async () => {
  const made = await payout();
  await s.ask('POST', `payouts/${made.id}/pay`);
  expect((await read(made.id)).status).toBe('paid');
  await s.moveDays(3);
  expect(await s.told(made.id, seller)).toEqual(['payout.created', 'payout.paid']);
});

test('a pending payout is canceled and its money returns; one on its way is not', async () => {
  const stripeAccount = seller;
  const first = await payout();
  const canceled = await s.stripe.payouts.cancel(first.id, {}, { stripeAccount });
  expect(canceled.status).toBe('canceled');
  expect(await s.available(seller)).toBe(50_00);
  expect(await s.told(first.id, seller)).toEqual(['payout.created', 'payout.canceled']);
  const second = await payout();
  await s.moveDays(1);
  const late = s.stripe.payouts.cancel(second.id, {}, { stripeAccount });
  await expectRefusal(late, 'status_transition_invalid');
});

test('a paid payout to a US bank can be debited back', async () => {
  const stripeAccount = seller;
  const { id } = await payout();
  await s.moveDays(2);
  const reversal = await s.stripe.payouts.reverse(id, {}, { stripeAccount });
  expect(reversal).toMatchObject({ amount: -20_00, original_payout: id, status: 'pending' });
  expect((await read(id)).reversed_by).toBe(reversal.id);
  expect(await s.available(seller)).toBe(30_00);
  await s.moveDays(4);
  expect((await read(reversal.id)).status).toBe('paid');
  expect(await s.available(seller)).toBe(50_00);
  await expectRefusal(s.stripe.payouts.reverse(id, {}, { stripeAccount }), undefined, /already/);
});

test('a failed payout takes its pending debit with it', async () => {
  const { id } = await payout();
  await s.moveDays(2);
  const reversal = await s.stripe.payouts.reverse(id, {}, { stripeAccount: seller });
  await s.ask('POST', `payouts/${id}/fail`, { failureCode: 'account_closed' });
  expect((await read(reversal.id)).status).toBe('canceled');
  await s.moveDays(5);
  expect(await s.available(seller)).toBe(50_00);
  expect(await s.pending(seller)).toBe(0);
});

test('an account that may not be paid out is told so', async () => {
  const account = await s.newcomer();
  await expectRefusal(payout({}, account), 'payouts_not_allowed');
});

test('a payout needs an external account in its currency', async () => {
  await expectRefusal(payout({ currency: 'eur' }), 'no_external_account_in_currency');
  const [bank] = await banksOf(await s.seller());
  await expectRefusal(payout({ destination: String(bank?.id) }), 'resource_missing');
});

test('a deleted bank account can no longer be used', async () => {
  const second = await s.stripe.accounts.createExternalAccount(seller, {
    external_account: 'btok_us',
  });
  await payout({ destination: second.id, amount: 1_00 });
  await s.stripe.accounts.deleteExternalAccount(seller, second.id);
  await expectRefusal(
    payout({ destination: second.id }),
    undefined,
    /has been deleted and can no longer be used/,
  );
});

test('forints are paid out in whole units only', async () => {
  await expectRefusal(payout({ currency: 'huf', amount: 10_45 }), undefined, /divisible by 100/);
});

test('a country may ask for more than one unit of its currency', async () => {
  const hungarian = await s.seller('hu');
  await s.fund(100_00);
  await s.stripe.transfers.create({ amount: 20_00, currency: 'usd', destination: hungarian });
  const pay = (amount: number) =>
    s.stripe.payouts.create({ amount, currency: 'huf' }, { stripeAccount: hungarian });
  await expectRefusal(pay(359_00), 'amount_too_small', /at least HUF\s360/);
  expect((await pay(360_00)).status).toBe('pending');
});

test('an instant payout arrives within the hour', async () => {
  const { id } = await payout({ method: 'instant' });
  await s.moveTo((await s.now()) + 3_600_000);
  expect((await read(id)).status).toBe('paid');
  const slow = await rich(await s.seller('us', { accountNumber: '000888888883' }));
  await expectRefusal(payout({ method: 'instant' }, slow), 'instant_payouts_unsupported');
});

test('payouts are listed by account, status, destination and time', async () => {
  const stripeAccount = seller;
  const [first, second] = [await payout({ amount: 1_00 }), await payout({ amount: 2_00 })];
  await s.stripe.payouts.cancel(first.id, {}, { stripeAccount });
  const list = async (params: Stripe.PayoutListParams) =>
    (await s.stripe.payouts.list(params, { stripeAccount })).data.map((one) => one.id);
  expect(await list({})).toEqual([second.id, first.id]);
  expect(await list({ status: 'canceled' })).toEqual([first.id]);
  expect(await list({ destination: second.destination as string })).toEqual([second.id, first.id]);
  expect(await list({ created: { gte: second.created + 100 } })).toEqual([]);
  expect(await list({ starting_after: second.id })).toEqual([first.id]);
  const platform = await s.stripe.payouts.list();
  expect(platform.data.map((one) => one.id)).not.toContain(first.id);
  await expectRefusal(s.stripe.payouts.retrieve(first.id), 'resource_missing', '', 404);
});

test('metadata of a payout changes and the change is told', async () => {
  const { id } = await payout();
  const metadata = { run: 'r1' };
  const after = await s.stripe.payouts.update(id, { metadata }, { stripeAccount: seller });
  expect(after.metadata).toEqual(metadata);
  expect(await s.told(id, seller)).toEqual(['payout.created', 'payout.updated']);
});

test('without an account in the header, the platform pays itself out', async () => {
  await s.fund(20_00);
  const before = await s.available();
  const made = await s.stripe.payouts.create({ amount: 5_00, currency: 'usd' });
  expect(made.destination).toBe('ba_sandboxplatform');
  expect(await s.available()).toBe(before - 5_00);
});
