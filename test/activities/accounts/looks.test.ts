import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createActivities } from '../../../activities/index.ts';
import { createTurns } from '../../../activities/stripe/budget.ts';
import { confirmAccountNotCreated } from '../../../db/accounts/parked.ts';
import type { SellerId } from '../../../domain/ids.ts';
import { lookLimitHours } from '../../../domain/payouts/look-ups.ts';
import { runActivity } from '../../build/activities.ts';
import { hourMs, type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';
import { startStripeSide } from '../../build/stripe-side.ts';

let money: MoneyDatabase;
let stripeSide: Awaited<ReturnType<typeof startStripeSide>>;
let sellerId: SellerId;
let create: () => Promise<unknown>;
beforeEach(async () => {
  [money, stripeSide] = await Promise.all([startMoneyDatabase(4), startStripeSide()]);
  const { db } = money;
  const turns = createTurns(db, { all: 2000, endpoint: 2000, payouts: 2000 });
  const terms = { lateReturnDays: 10, bankCoolingHours: 48 };
  const activities = createActivities({ stripe: stripeSide.stripe, db, turns, ...terms });
  sellerId = await money.seller();
  create = () => runActivity(() => activities.createAccount({ sellerId }));
  const isNew = { stripe_account: null, payouts_manual_at: null, status: 'onboarding' } as const;
  await db.updateTable('sellers').set(isNew).execute();
});
afterEach(() => Promise.all([money.db.destroy(), stripeSide.close()]));

const disturb = (...rules: object[]) => stripeSide.ask('PUT', 'faults', { rules });

async function accounts(): Promise<string[]> {
  const { data } = await stripeSide.stripe.accounts.list();
  return data.flatMap(({ id, metadata }) => (metadata?.['seller_id'] === sellerId ? [id] : []));
}

/** Stripe's answer about the account was lost, and a person says that there is no account. */
async function sayNotCreated(isCreated: boolean): Promise<void> {
  const stored = { status: 500, stored: true, processed: isCreated };
  await disturb({ method: 'POST', path: '/v2/core/accounts', kind: 'status', ...stored });
  expect(await create()).toMatchObject({ parked: 'account-outcome-unknown' });
  await money.db.transaction().execute((tx) => confirmAccountNotCreated(tx, sellerId));
}

const attempts = () =>
  money.db.selectFrom('attempts').select(['number', 'state', 'tries']).orderBy('number').execute();

describe('an account that a person says Stripe did not create', () => {
  test('is taken over if Stripe has it, and no other is created', async () => {
    await sayNotCreated(true);
    const [account] = await accounts();
    expect(await create()).toMatchObject({ stripeAccount: account, parked: null });
    expect(await accounts()).toHaveLength(1);
    expect(await attempts()).toMatchObject([{ number: 1, state: 'succeeded' }]);
  });

  test('is created if Stripe has none', async () => {
    await sayNotCreated(false);
    await create();
    expect(await accounts()).toHaveLength(1);
    expect(await attempts()).toMatchObject([{ state: 'refused' }, { state: 'succeeded' }]);
  });

  test('is not created while Stripe cannot be read, and a person is asked again after a day', async () => {
    await sayNotCreated(false);
    await disturb({ method: 'GET', path: '/v1/accounts', kind: 'status', status: 503, count: 9 });
    await expect(create()).rejects.toMatchObject({ type: 'StripeReadFailed' });
    await money.moveTo(lookLimitHours * hourMs);
    expect(await create()).toMatchObject({ parked: 'account-outcome-unknown' });
    await disturb();
    expect(await accounts()).toEqual([]);
    expect(await attempts()).toMatchObject([{ number: 1, state: 'unknown' }]);
  });
});
