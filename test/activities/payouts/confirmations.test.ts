import { afterEach, describe, expect, test } from 'vitest';
import { confirmNotSent, confirmSent } from '../../../db/payouts/commands.ts';
import { type Stage, startStage } from '../../build/stage.ts';

let stage: Stage;
afterEach(() => stage.close());

const done = { transfer: 'transferred', payout: 'sent' } as const;

/** Stripe did it, the answer was lost, its lists do not show it: a person has to decide. */
async function park(step: 'transfer' | 'payout'): Promise<string> {
  stage = await startStage(step);
  await stage.disturb({ kind: 'status', status: 500, stored: true, processed: true });
  await stage.act();
  const body = '{"object":"list","data":[],"has_more":false,"url":"/"}';
  // A look-up reads two lists of transfers: those of the group, and those to the account.
  const count = step === 'transfer' ? 8 : 4;
  await stage.disturb({ kind: 'status', method: 'GET', status: 200, body, count });
  for (let row = await stage.row(); !row.parked; row = await stage.row()) {
    await stage.moveMinutes(60);
    await stage.lookUp();
  }
  const [made] = await stage.made();
  if (!made) throw new Error(`Stripe made no ${step}`);
  return made.id;
}

async function name(stripeId: string) {
  const { db, payoutId } = stage;
  expect(await db.transaction().execute((tx) => confirmSent(tx, payoutId, stripeId))).toBe('done');
  return stage.lookUp();
}

type Other = { amount?: number; payoutId?: string; account?: string; reversed?: boolean };

/** Something like what the step asked for, that another asked for. */
async function makeOther(step: 'transfer' | 'payout', other: Other): Promise<string> {
  const { stripe, payoutId, sandbox } = stage;
  const account = other.account ?? stage.account;
  const { amount = 100_00 } = other;
  const metadata = { payout_id: other.payoutId ?? payoutId };
  const asked = { amount, currency: 'usd', metadata };
  await sandbox.fund(500_00);
  if (step === 'payout') {
    await stripe.transfers.create({ amount, currency: 'usd', destination: account });
    return (await stripe.payouts.create(asked, { stripeAccount: account })).id;
  }
  const { id } = await stripe.transfers.create({ ...asked, destination: account });
  if (other.reversed) await stripe.transfers.createReversal(id, { amount: 1 });
  return id;
}

describe.each(['transfer', 'payout'] as const)('a %s that a person says Stripe has', (step) => {
  test('is looked at before anything is booked', async () => {
    const id = await park(step);
    const before = await stage.entriesOf(stage.payoutId);
    const { db, payoutId } = stage;
    await db.transaction().execute((tx) => confirmSent(tx, payoutId, id));
    expect(await stage.row()).toMatchObject({ parked: null, waitingFor: 'outcome-look-up' });
    expect(await stage.entriesOf(payoutId)).toEqual(before);
    expect(await stage.lookUp()).toMatchObject({ status: done[step], namedStripeId: null });
    expect(await stage.entriesOf(payoutId)).toHaveLength(before.length + 1);
    expect(await stage.made()).toHaveLength(1);
  });

  test.each<[what: string, other: Other, says: string]>([
    ['of another amount', { amount: 99_00 }, 'of 99.00 USD, not of 100.00 USD'],
    ['of another payout', { payoutId: 'payout_other' }, 'metadata does not say payout_id'],
  ])('and that is %s leaves it as unknown as it was, and says so', async (_what, other, says) => {
    const id = await park(step);
    const before = await stage.entriesOf(stage.payoutId);
    const wrong = await makeOther(step, other);
    const row = await name(wrong);
    expect(row).toMatchObject({ parked: 'outcome-unknown', unknownStep: step });
    expect(row.parkedDetail).toContain(`${wrong}: `);
    expect(row.parkedDetail).toContain(says);
    expect(await stage.entriesOf(stage.payoutId)).toEqual(before);
    expect(await name(id)).toMatchObject({ status: done[step], parked: null, parkedDetail: null });
  });

  test('and that Stripe does not know lets a person still say that it was not sent', async () => {
    await park(step);
    const mistyped = step === 'transfer' ? 'tr_mistyped' : 'po_mistyped';
    const row = await name(mistyped);
    expect(row).toMatchObject({ parked: 'outcome-unknown', unknownStep: step });
    expect(row.parkedDetail).toMatch(new RegExp(`^${mistyped}: .* no such ${step}$`));
    const { db, payoutId } = stage;
    expect(await db.transaction().execute((tx) => confirmNotSent(tx, payoutId))).toBe('done');
    expect(await stage.row()).toMatchObject({
      parked: null,
      parkedDetail: null,
      unknownStep: null,
    });
  });

  test('stays to be looked at while Stripe cannot be read', async () => {
    const id = await park(step);
    await stage.disturb({ kind: 'status', method: 'GET', path: `${stage.path}/`, status: 500 });
    await expect(name(id)).rejects.toMatchObject({ type: 'StripeReadFailed' });
    expect(await stage.row()).toMatchObject({ parked: null, namedStripeId: id });
    expect(await stage.lookUp()).toMatchObject({ status: done[step] });
  });
});

test('a transfer that went to another account, or was taken back, is not the one', async () => {
  await park('transfer');
  const account = await stage.sandbox.account();
  expect((await name(await makeOther('transfer', { account }))).parkedDetail).toContain(
    `it is for ${account}, not for ${stage.account}`,
  );
  const reversed = await makeOther('transfer', { reversed: true });
  expect((await name(reversed)).parkedDetail).toContain('it was reversed');
});

test('a payout of another account is none of this one', async () => {
  await park('payout');
  const account = await stage.sandbox.account();
  const row = await name(await makeOther('payout', { account }));
  expect(row.parkedDetail).toContain(`${stage.account} has no such payout`);
});
