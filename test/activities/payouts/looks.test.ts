import { afterEach, describe, expect, test } from 'vitest';
import { cancelPayout } from '../../../db/payouts/cancellations.ts';
import { confirmNotSent, retryRefused } from '../../../db/payouts/commands.ts';
import type { Tx } from '../../../db/connect.ts';
import { newId } from '../../../domain/ids.ts';
import { lookAgainMinutes, lookLimitHours } from '../../../domain/payouts/look-ups.ts';
import { type Stage, startStage } from '../../build/stage.ts';
import { liftEveryStop, stopAllMoney } from '../../build/money.ts';

let stage: Stage;
afterEach(() => stage.close());

const done = { transfer: 'transferred', payout: 'sent' } as const;
const unreadable = { kind: 'status', method: 'GET', status: 503 };
const lagMinutes = 120;

const order = <T>(does: (tx: Tx) => Promise<T>) => stage.db.transaction().execute(does);
const sayNotSent = () => order((tx) => confirmNotSent(tx, stage.payoutId));
const lists = (lagSeconds: number, parameter?: string) =>
  stage.sandbox.ask('PUT', 'lists', { lagSeconds, ...(parameter && { parameter }) });

/** Stripe fails, keeps the failure under the key, and has or has not done what was asked. */
async function fail(step: 'transfer' | 'payout', processed: boolean): Promise<void> {
  stage = await startStage(step);
  await stage.disturb({ kind: 'status', status: 500, stored: true, processed });
  await stage.act();
}

/** Every look-up finds nothing, so a person must decide. */
async function lookInVain(): Promise<void> {
  for (let row = await stage.row(); !row.parked; row = await stage.row()) {
    const { lookAgainAt, now } = row;
    await stage.moveMinutes(Math.ceil((Date.parse(lookAgainAt ?? now) - Date.parse(now)) / 60_000));
    await stage.lookUp();
  }
  expect(await stage.row()).toMatchObject({ parked: 'outcome-unknown' });
}

/** Nothing was sent; a person says so. */
async function notSent(step: 'transfer' | 'payout'): Promise<void> {
  await fail(step, false);
  await lookInVain();
  await sayNotSent();
}

async function makeByHand(step: 'transfer' | 'payout', more: object = {}): Promise<string> {
  const { stripe, account } = stage;
  const asked = { amount: 100_00, currency: 'usd', ...more };
  if (step === 'transfer') {
    return (await stripe.transfers.create({ ...asked, destination: account })).id;
  }
  await stage.sandbox.fund(300_00);
  const brought = { amount: 100_00, currency: 'usd', destination: account };
  await stripe.transfers.create(brought);
  await stage.moveMinutes(3 * 24 * 60);
  return (await stripe.payouts.create(asked, { stripeAccount: account })).id;
}

async function insertDiscrepancy(stripeId: string, closing: object = {}): Promise<string> {
  const id = newId('disc');
  const { payoutId } = stage;
  const about = { object: stripeId, stripe_id: stripeId, payout_id: payoutId };
  const row = { id, cause: 'payout-unexpected' as const, ...about, ...closing };
  await stage.db.insertInto('discrepancies').values(row).execute();
  return id;
}

const closedNow = () => ({
  closed_at: new Date().toISOString(),
  closed_by: 'key_test',
  close_reason: 'a bonus',
});

async function insertAdoption(step: 'transfer' | 'payout', stripeId: string, outcome?: string) {
  const at = new Date().toISOString();
  const closing = { outcome, closed_at: at, closed_by: 'key_test', reason: 'of another system' };
  const { payoutId: payout_id, account } = stage;
  const of = { stripe_id: stripeId, step, payout_id, stripe_account: account };
  const row = { ...of, amount: 100_00, currency: 'usd', created_at: at };
  await stage.db
    .insertInto('adoptions')
    .values({ ...row, ...(outcome && closing) } as never)
    .execute();
}

describe.each(['transfer', 'payout'] as const)('a %s that a person says was not sent', (step) => {
  /** Nothing goes out; the object that is there is found and booked, and stays the only one. */
  async function expectFound(posts: number): Promise<void> {
    expect(await stage.act()).toMatchObject({ unknownStep: step, waitingFor: 'outcome-look-up' });
    expect(await stage.posts()).toHaveLength(posts);
    await stage.lookUp();
    expect(await stage.row()).toMatchObject({ status: done[step], parked: null });
    expect(await stage.made()).toHaveLength(1);
  }

  test('but that Stripe made is found before another is sent', async () => {
    await fail(step, true);
    await lists(lagMinutes * 60);
    await lookInVain();
    await stage.moveMinutes(lagMinutes);
    const posts = (await stage.posts()).length;
    expect(await sayNotSent()).toBe('done');
    await expectFound(posts);
    expect(await stage.attempts()).toMatchObject([{ number: 1, state: 'succeeded' }]);
  });

  test('is sent again after a look that found nothing', async () => {
    await notSent(step);
    expect(await stage.act()).toMatchObject({ status: done[step] });
    expect(await stage.made()).toHaveLength(1);
    expect(await stage.attempts()).toMatchObject([
      { number: 1, refusal: 'confirmed-not-sent' },
      { number: 2, state: 'succeeded' },
    ]);
  });

  test('is looked for again if the next attempt was opened and not sent', async () => {
    await fail(step, true);
    await lists(lagMinutes * 60);
    await lookInVain();
    await sayNotSent();
    await stopAllMoney(stage.db);
    expect(await stage.act()).toMatchObject({ waitingFor: 'money-stopped' });
    expect(await stage.attempts()).toMatchObject([{}, { number: 2, state: 'started', tries: 0 }]);
    await stage.moveMinutes(lagMinutes);
    await liftEveryStop(stage.db);
    await expectFound((await stage.posts()).length);
    expect(await stage.attempts()).toMatchObject([
      { number: 1, state: 'succeeded' },
      { number: 2, state: 'refused', tries: 0 },
    ]);
  });

  test('is not sent while Stripe cannot be read, and a person is asked again after a day', async () => {
    await notSent(step);
    const posts = (await stage.posts()).length;
    await stage.disturb({ ...unreadable, count: 9 });
    const waits = { parked: null, waitingFor: 'look-at-stripe' };
    expect(await stage.act()).toMatchObject(waits);
    await stage.moveMinutes(lookAgainMinutes);
    expect(await stage.act()).toMatchObject(waits);
    await stage.moveMinutes(lookLimitHours * 60);
    expect(await stage.act()).toMatchObject({
      parked: 'outcome-unknown',
      parkedDetail: expect.stringContaining('24 hours'),
      unknownStep: step,
    });
    expect(await stage.posts()).toHaveLength(posts);
    await stage.disturb();
    expect(await sayNotSent()).toBe('done');
    expect(await stage.act()).toMatchObject({ status: done[step] });
  });

  test('is not sent beside a payment like it until a person explains that payment', async () => {
    await notSent(step);
    const other = await makeByHand(step);
    const posts = (await stage.posts()).length;
    expect(await stage.act()).toMatchObject({
      parked: 'outcome-unknown',
      parkedDetail: expect.stringContaining(`${other} of 100.00 USD`),
      unknownStep: step,
    });
    expect(await stage.posts()).toHaveLength(posts);
    await insertDiscrepancy(other, { payout_id: null, ...closedNow() });
    await sayNotSent();
    expect(await stage.act()).toMatchObject({ status: done[step] });
  });

  test('is sent beside payments of another amount', async () => {
    await notSent(step);
    await makeByHand(step, { amount: 99_00 });
    expect(await stage.act()).toMatchObject({ status: done[step] });
  });

  test('is not canceled without a look', async () => {
    await notSent(step);
    const cancel = (isLooked: boolean) =>
      order((tx) => cancelPayout(tx, stage.payoutId, 'key_test', { isLooked }));
    expect(await cancel(false)).toMatchObject({ kind: 'look-up', why: 'look-first' });
    expect(await stage.row()).toMatchObject({ status: expect.not.stringMatching('canceled') });
    expect(await cancel(true)).toMatchObject({ kind: 'end' });
  });

  test('is found by its line in Stripe’s books', async () => {
    await fail(step, true);
    const { id } = (await stage.made())[0] ?? { id: '' };
    const kept = (await stage.attempts())[0];
    expect(kept).toMatchObject({ state: 'unknown' });
    const refused = { state: 'refused', refusal: 'other' } as const;
    await stage.db.updateTable('attempts').set(refused).where('state', '=', 'unknown').execute();
    const calm = { unknown_step: null, waiting_for: null, look_again_at: null } as const;
    await stage.db.updateTable('payouts').set(calm).execute();
    const at = new Date().toISOString();
    const line = { object: id, payout_id: stage.payoutId, created_at: at, available_on: at };
    const transfer = step === 'transfer' ? id : null;
    await stage.db
      .insertInto('movements')
      .values({ id: newId('txn'), type: step, currency: 'usd', net: -100_00, transfer, ...line })
      .execute();
    await expectFound((await stage.posts()).length);
  });
});

describe.each(['transfer', 'payout'] as const)('a %s that Stripe refused', (step) => {
  async function refuse(): Promise<void> {
    stage = await startStage(step);
    await stage.disturb({ kind: 'status', status: 400 });
    expect(await stage.act()).toMatchObject({ parked: 'refused-by-stripe' });
    await order((tx) => retryRefused(tx, stage.payoutId));
  }

  test('is not sent again while a discrepancy about the payout is open', async () => {
    await refuse();
    const id = await insertDiscrepancy('po_unexpected');
    expect(await stage.act()).toMatchObject({
      parked: 'unexpected-state',
      parkedDetail: expect.stringContaining(`discrepancy ${id}`),
    });
    await stage.db.updateTable('discrepancies').set(closedNow()).execute();
    await order((tx) => retryRefused(tx, stage.payoutId));
    expect(await stage.act()).toMatchObject({ status: done[step] });
  });

  test('is not sent again while an adoption of the payout is open', async () => {
    await refuse();
    const posts = (await stage.posts()).length;
    await insertAdoption(step, step === 'transfer' ? 'tr_lost' : 'po_lost');
    expect(await stage.act()).toMatchObject({ waitingFor: 'money-stopped' });
    expect(await stage.posts()).toHaveLength(posts);
  });

  test('is sent again without a look, because a refusal by Stripe is no person’s word', async () => {
    await refuse();
    const reads = (await stage.reads(stage.path)).length;
    expect(await stage.act()).toMatchObject({ status: done[step] });
    expect(await stage.reads(stage.path)).toHaveLength(reads);
  });
});

test.each(['transfer', 'payout'] as const)(
  'a %s whose adoption a person dismissed is booked and not sent, if it still exists',
  async (step) => {
    stage = await startStage(step);
    const metadata = { payout_id: stage.payoutId };
    const id =
      step === 'transfer'
        ? await makeByHand(step, { metadata })
        : (
            await stage.stripe.payouts.create(
              { amount: 100_00, currency: 'usd', metadata },
              { stripeAccount: stage.account },
            )
          ).id;
    await insertAdoption(step, id, 'dismissed');
    expect(await stage.act()).toMatchObject({ unknownStep: step });
    await stage.lookUp();
    expect(await stage.row()).toMatchObject({ status: done[step], parked: null });
    expect(await stage.made()).toHaveLength(1);
  },
);

test('a transfer that a list by group does not show yet is found among those to its account', async () => {
  await fail('transfer', true);
  await lists(lagMinutes * 60, 'transfer_group');
  expect(await stage.lookUp()).toMatchObject({ status: 'transferred' });
});

test('a payout of an account that has left the platform is for a person, and not sent', async () => {
  await notSent('payout');
  const posts = (await stage.posts()).length;
  await stage.sandbox.ask('POST', `accounts/${stage.account}/deauthorize`);
  expect(await stage.act()).toMatchObject({
    parked: 'outcome-unknown',
    parkedDetail: 'its account has left the platform, so nobody can look',
  });
  expect(await stage.posts()).toHaveLength(posts);
});
