import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type Stripe from 'stripe';
import { expectRefusal, type MoneySandbox, startMoneySandbox } from './stage.ts';

let s: MoneySandbox;
let seller: string;

beforeAll(async () => {
  s = await startMoneySandbox();
});
beforeEach(async () => {
  await s.moveToMonday();
  seller = await s.seller();
});
afterAll(() => s.close());

type Payments = Stripe.BalanceSettingsUpdateParams.Payments;
type Schedule = Stripe.BalanceSettingsUpdateParams.Payments.Payouts.Schedule;

const set = (payments: Payments) =>
  s.stripe.balanceSettings.update({ payments }, { stripeAccount: seller });

const schedule = (given: Schedule) => set({ payouts: { schedule: given } });

async function credit(amount: number): Promise<void> {
  await s.fund(amount * 2);
  await s.stripe.transfers.create({ amount, currency: 'usd', destination: seller });
}

const payouts = async () => (await s.stripe.payouts.list({}, { stripeAccount: seller })).data;

test('a new account is paid out every day by itself', async () => {
  const settings = await s.stripe.balanceSettings.retrieve({}, { stripeAccount: seller });
  expect(settings.payments).toMatchObject({
    payouts: { schedule: { interval: 'daily' }, status: 'enabled' },
    settlement_timing: { delay_days: 2 },
  });
  await credit(10_00);
  await s.moveDays(1);
  const [made] = await payouts();
  expect(made).toMatchObject({
    amount: 10_00,
    automatic: true,
    reconciliation_status: 'in_progress',
  });
  expect(await s.available(seller)).toBe(0);
});

test('an automatic payout lists the entries it pays', async () => {
  await credit(10_00);
  await credit(5_00);
  await s.moveDays(1);
  const [made] = await payouts();
  const { data } = await s.stripe.balanceTransactions.list(
    { payout: String(made?.id) },
    { stripeAccount: seller },
  );
  expect(data.map((entry) => entry.amount)).toEqual([-15_00, 5_00, 10_00]);
});

test('an account on a manual schedule keeps its money until told otherwise', async () => {
  await schedule({ interval: 'manual' });
  expect(
    (await s.stripe.balanceSettings.retrieve({}, { stripeAccount: seller })).payments,
  ).toMatchObject({ payouts: { schedule: { interval: 'manual' } } });
  await credit(10_00);
  await s.moveDays(30);
  expect(await payouts()).toEqual([]);
  await schedule({ interval: 'daily' });
  await s.moveDays(4);
  expect(await payouts()).toHaveLength(1);
});

test('a weekly schedule waits for its day', async () => {
  await schedule({ interval: 'weekly', weekly_payout_days: ['thursday'] });
  await credit(10_00);
  await s.moveDays(2);
  expect(await payouts()).toEqual([]);
  await s.moveDays(1);
  const [made] = await payouts();
  expect(new Date((made?.created ?? 0) * 1000).getUTCDay()).toBe(4);
});

test('a monthly schedule pays on the last day where a month is shorter, or the next business day', async () => {
  await schedule({ interval: 'monthly', monthly_payout_days: [31] });
  await credit(10_00);
  await s.moveDays(40);
  const [made] = await payouts();
  const day = new Date((made?.created ?? 0) * 1000);
  expect([0, 6]).not.toContain(day.getUTCDay());
  expect(day.getUTCDate() <= 2 || day.getUTCDate() >= 28).toBe(true);
});

test('a floor stays in the balance', async () => {
  await set({ payouts: { minimum_balance_by_currency: { usd: 4_00 } } });
  await credit(10_00);
  await s.moveDays(1);
  expect(await payouts()).toMatchObject([{ amount: 6_00 }]);
  expect(await s.available(seller)).toBe(4_00);
});

test('nothing goes by itself to a bank account that has sent money back', async () => {
  await credit(10_00);
  await s.moveDays(1);
  const [made] = await payouts();
  await s.ask('POST', `payouts/${made?.id}/fail`, { failureCode: 'account_closed' });
  await s.moveDays(5);
  expect(await payouts()).toHaveLength(1);
  const { data } = await s.stripe.accounts.listExternalAccounts(seller, {});
  await s.stripe.accounts.updateExternalAccount(seller, String(data[0]?.id), {});
  await s.moveDays(4);
  expect(await payouts()).toHaveLength(2);
});

test('a change of the settings is told once', async () => {
  const told = async () =>
    (await s.stripe.events.list({ type: 'balance_settings.updated' }, { stripeAccount: seller }))
      .data;
  await schedule({ interval: 'manual' });
  await schedule({ interval: 'manual' });
  expect(await told()).toHaveLength(1);
});

test('a schedule says on which days', async () => {
  await expectRefusal(schedule({ interval: 'weekly' }), 'parameter_missing');
  await expectRefusal(schedule({ interval: 'monthly', monthly_payout_days: [32] }), undefined);
});
