import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createActivities } from '../../../activities/index.ts';
import { createTurns } from '../../../activities/stripe/budget.ts';
import { confirmAccountCreated, parkSeller } from '../../../db/accounts/parked.ts';
import { recordAccountCreated } from '../../../db/accounts/reads.ts';
import { recordSeller } from '../../../db/sellers/rows.ts';
import { readSellerForWorkflow } from '../../../db/sellers/steps.ts';
import type { SellerId, StripeAccountId } from '../../../domain/ids.ts';
import { runActivity } from '../../build/activities.ts';
import { type MoneyDatabase, startMoneyDatabase, stopAllMoney } from '../../build/money.ts';
import { startStripeSide } from '../../build/stripe-side.ts';

let money: MoneyDatabase;
let stripeSide: Awaited<ReturnType<typeof startStripeSide>>;
let activities: ReturnType<typeof createActivities>;
let sellerId: SellerId;
let turnsTaken: number;
beforeEach(async () => {
  [money, stripeSide] = await Promise.all([startMoneyDatabase(4), startStripeSide()]);
  const { db } = money;
  const real = createTurns(db, { all: 2000, endpoint: 2000, payouts: 2000 });
  turnsTaken = 0;
  const take: typeof real.take = (endpoint) => {
    turnsTaken += 1;
    return real.take(endpoint);
  };
  const turns = { ...real, take };
  activities = createActivities({
    stripe: stripeSide.stripe,
    db,
    turns,
    lateReturnDays: 10,
    bankCoolingHours: 48,
  });
  sellerId = await money.seller();
  const isNew = { stripe_account: null, payouts_manual_at: null, status: 'onboarding' } as const;
  await db.updateTable('sellers').set(isNew).execute();
});
afterEach(() => Promise.all([money.db.destroy(), stripeSide.close()]));

const create = () => runActivity(() => activities.createAccount({ sellerId }));
const disturb = (rule: object) =>
  stripeSide.ask('PUT', 'faults', {
    rules: [{ method: 'POST', path: '/v2/core/accounts', ...rule }],
  });

/** The accounts at Stripe that were opened for the seller. */
async function opened(): Promise<string[]> {
  const { accounts } = (await stripeSide.ask('GET', 'book')) as {
    accounts: { id: string; metadata: Record<string, string> }[];
  };
  return accounts.flatMap(({ id, metadata }) => (metadata['seller_id'] === sellerId ? [id] : []));
}

describe('the account of a seller', () => {
  test.each([
    ['drop-after', 'Stripe made it and the answer was lost'],
    ['drop-before', 'Stripe never heard of it'],
  ])('is made once though the connection broke (%s): %s', async (kind) => {
    await disturb({ kind });
    await expect(create()).rejects.toMatchObject({ type: 'StripeUnreachable' });
    const seller = await create();
    expect(await opened()).toEqual([seller.stripeAccount]);
    expect(await create()).toMatchObject({ stripeAccount: seller.stripeAccount });
    expect(await opened()).toHaveLength(1);
  });

  test('that Stripe refuses parks the seller, and is not asked for again', async () => {
    await disturb({ kind: 'status', status: 400, code: 'country_unsupported' });
    expect(await create()).toMatchObject({ parked: 'account-refused', stripeAccount: null });
    expect(await create()).toMatchObject({ parked: 'account-refused' });
    expect(await opened()).toEqual([]);
  });

  test('is made while money is stopped, since it moves none', async () => {
    await stopAllMoney(money.db);
    const { stripeAccount } = await create();
    expect(await opened()).toEqual([stripeAccount]);
  });

  test('of a seller that a backup lost is found again under the id that it had', async () => {
    const { stripeAccount } = await create();
    const { id, ...row } = await money.db
      .selectFrom('sellers')
      .select(['id', 'email', 'display_name as displayName', 'country', 'currency'])
      .select(['flow', 'entity_type as entityType', 'external_id as externalId'])
      .executeTakeFirstOrThrow();
    await money.db.deleteFrom('attempts').execute();
    await money.db.deleteFrom('sellers').execute();
    await money.db.transaction().execute((tx) => recordSeller(tx, { ...row, id, metadata: {} }));
    expect(await create()).toMatchObject({ stripeAccount });
    expect(await opened()).toEqual([stripeAccount]);
  });

  test('that exists lets no late run park its seller', async () => {
    const { stripeAccount } = await create();
    await parkSeller(money.db, sellerId, 'account-outcome-unknown');
    expect(await create()).toMatchObject({ parked: null, stripeAccount });
  });

  test('that a slow first run made ends the doubt of the second', async () => {
    await parkSeller(money.db, sellerId, 'account-outcome-unknown');
    const key = `${sellerId}/account/1`;
    await recordAccountCreated(money.db, { sellerId, account: 'acct_slow', key });
    expect(await create()).toMatchObject({ parked: null, stripeAccount: 'acct_slow' });
  });
});

describe('an account that a person named', () => {
  const read = () => runActivity(() => activities.retrieveAccount({ sellerId }));
  const confirm = (account: StripeAccountId) =>
    money.db.transaction().execute((tx) => confirmAccountCreated(tx, sellerId, account));
  const lose = async () => {
    await disturb({ kind: 'drop-after' });
    await create().catch(() => undefined);
    await money.db.updateTable('attempts').set({ state: 'unknown' }).execute();
    await parkSeller(money.db, sellerId, 'account-outcome-unknown');
    const [made] = await opened();
    return made as StripeAccountId;
  };

  test('is taken over where it is the one that was asked for', async () => {
    const made = await lose();
    await confirm(made);
    expect(await read()).toMatchObject({ parked: null, stripeAccount: made, accountKnown: true });
  });

  test.each<[why: string, other: () => Promise<StripeAccountId>]>([
    ['is not there', async () => 'acct_mistyped'],
    ['is another seller’s', async () => stripeSide.account()],
  ])('leaves the doubt as it was where it %s', async (_why, other) => {
    const made = await lose();
    await confirm(await other());
    const doubt = { parked: 'account-outcome-unknown', stripeAccount: null, accountKnown: false };
    expect(await read().catch(() => readSellerForWorkflow(money.db, sellerId))).toMatchObject(
      doubt,
    );
    await confirm(made);
    expect(await read()).toMatchObject({ parked: null, stripeAccount: made });
  });
});

test('an account that was forgotten before it was read is made or asked about, not read for ever', async () => {
  for (const name of ['retrieveAccount', 'setManualPayouts'] as const) {
    expect(await runActivity(() => activities[name]({ sellerId }))).toMatchObject({
      sellerId,
      stripeAccount: null,
    });
  }
});

test('an account that is not there is not believed by the slower of two reads', async () => {
  await disturb({ kind: 'drop-after' });
  await create().catch(() => undefined);
  await money.db.updateTable('attempts').set({ state: 'unknown' }).execute();
  await parkSeller(money.db, sellerId, 'account-outcome-unknown');
  await money.db
    .transaction()
    .execute((tx) => confirmAccountCreated(tx, sellerId, 'acct_mistyped'));
  await disturb({ kind: 'delay', method: 'GET', delayMs: 300, count: 2 });
  const read = () => runActivity(() => activities.retrieveAccount({ sellerId }));
  await Promise.all([read(), read()]);
  expect(await readSellerForWorkflow(money.db, sellerId)).toMatchObject({
    parked: 'account-outcome-unknown',
    stripeAccount: null,
    accountKnown: false,
  });
});

describe('the bank accounts of an account', () => {
  const read = () => runActivity(() => activities.retrieveAccount({ sellerId }));
  const listed = () => money.db.selectFrom('bank_accounts').select('stripe_id').execute();

  test('are read page by page, each in a turn of its own', async () => {
    const { stripeAccount } = await create();
    const bank = { object: 'bank_account', country: 'US' } as const;
    // An account has at most five in one currency.
    const currencies =
      `eur gbp chf cad aud nzd jpy hkd sgd sek nok dkk pln czk huf ron bgn isk mxn brl
      inr`.split(/\s+/);
    for (let index = 0; index < 101; index += 1) {
      const account_number = `000${123_456_000 + index}`;
      const currency = currencies[index % currencies.length] ?? '';
      const given = { ...bank, currency, routing_number: '110000000', account_number };
      await stripeSide.stripe.accounts.createExternalAccount(stripeAccount ?? '', {
        external_account: given,
      });
    }
    const before = turnsTaken;
    await read();
    expect(await listed()).toHaveLength(101);
    // The account, and two pages.
    expect(turnsTaken - before).toBe(3);
  });

  test('that Stripe does not tell leave what is known of them, and the account is read all the same', async () => {
    const { stripeAccount } = await create();
    await stripeSide.ask('POST', `accounts/${stripeAccount}/complete-onboarding`, {});
    await read();
    const known = await listed();
    expect(known).toHaveLength(1);
    await disturb({ kind: 'status', method: 'GET', path: 'external_accounts$', status: 400 });
    expect(await read()).toMatchObject({ canReceiveTransfers: true });
    expect(await listed()).toEqual(known);
  });

  test.each([429, 500])('that cannot be read now (%d) are read again', async (status) => {
    await create();
    await disturb({ kind: 'status', method: 'GET', path: 'external_accounts$', status });
    await expect(read()).rejects.toMatchObject({ type: 'StripeReadFailed' });
  });
});

describe('the schedule of an account', () => {
  test('is set to manual and believed once it was read back', async () => {
    await create();
    const seller = await runActivity(() => activities.setManualPayouts({ sellerId }));
    expect(seller.payoutsAreManual).toBe(true);
  });

  test.each([400, 403])('that Stripe refuses to set (%d) is for a person', async (status) => {
    await create();
    const settings = { kind: 'status', path: '/v1/balance_settings', status };
    await stripeSide.ask('PUT', 'faults', { rules: [{ ...settings, method: 'POST' }] });
    const set = () => runActivity(() => activities.setManualPayouts({ sellerId }));
    expect(await set()).toMatchObject({
      parked: 'manual-payouts-refused',
      payoutsAreManual: false,
    });
    await stripeSide.ask('PUT', 'faults', { rules: [] });
    expect(await set()).toMatchObject({ payoutsAreManual: true });
  });

  test('is not believed when it reads otherwise', async () => {
    await create();
    const body =
      '{"object":"balance_settings","payments":{"payouts":{"schedule":{"interval":"daily"}}}}';
    const fault = {
      kind: 'status',
      method: 'GET',
      path: '/v1/balance_settings',
      status: 200,
      body,
    };
    await stripeSide.ask('PUT', 'faults', { rules: [fault] });
    await expect(runActivity(() => activities.setManualPayouts({ sellerId }))).rejects.toThrow(
      'still not manual',
    );
    const { payouts_manual_at } = await money.db
      .selectFrom('sellers')
      .select('payouts_manual_at')
      .executeTakeFirstOrThrow();
    expect(payouts_manual_at).toBeNull();
  });
});
