import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listAttention } from '../../../db/attention/waiting-for-people.ts';
import { listHolds, releaseHold } from '../../../db/holds.ts';
import { cancelPayout } from '../../../db/payouts/cancellations.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { findPayout } from '../../../db/payouts/views.ts';
import type { EventType } from '../../../domain/events.ts';
import { cancellationOf } from '../../../domain/explanations/payout-words.ts';
import type { HoldRecord } from '../../../domain/holds.ts';
import { type Stage, startStage } from '../../build/stage.ts';
import { stopAllMoney } from '../../build/money.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage('payout');
  await stage.act();
  expect(await order()).toEqual({ kind: 'ask-stripe' });
});
afterEach(() => stage.close());

const order = () =>
  stage.db.transaction().execute((tx) => cancelPayout(tx, stage.payoutId, 'key_of_the_tests'));
const attempts = () =>
  stage.db
    .selectFrom('attempts')
    .select(['key', 'number', 'state', 'account', 'tries'])
    .where('object_id', '=', stage.payoutId)
    .where('step', '=', 'cancel')
    .orderBy('number')
    .execute();

describe('a payout that Stripe has', () => {
  test('is canceled there for the account, under a key of its own', async () => {
    expect(await stage.run.cancel()).toMatchObject({ status: 'canceled' });
    expect(await attempts()).toMatchObject([
      { key: `${stage.payoutId}/cancel/1`, state: 'succeeded', account: stage.account },
    ]);
    expect(await stage.made()).toMatchObject([{ status: 'canceled' }]);
    const { sellerId } = await stage.row();
    expect(await stage.balances(sellerId)).toEqual({ owed: -100_00, account: 100_00 });
    const before = (await stage.posts()).length;
    expect(await stage.run.cancel()).toMatchObject({ status: 'canceled' });
    expect(await stage.posts()).toHaveLength(before);
  });

  test('whose cancellation was done and not heard of is asked again under the same key', async () => {
    await stage.disturb({ kind: 'drop-after', path: '/cancel$' });
    await expect(stage.run.cancel()).rejects.toMatchObject({ type: 'StripeUnreachable' });
    expect(await stage.run.cancel()).toMatchObject({ status: 'canceled' });
    expect(await attempts()).toMatchObject([{ number: 1, state: 'succeeded', tries: 2 }]);
  });

  test('goes on when Stripe says that it is too late, and may be tried again', async () => {
    await stage.disturb({ kind: 'status', path: '/cancel$', status: 400 });
    expect(await stage.run.cancel()).toMatchObject({ status: 'sent', cancelAsked: false });
    expect(await stage.run.follow()).toMatchObject({ status: 'sent', waitingFor: 'bank' });
    expect(await order()).toEqual({ kind: 'ask-stripe' });
    expect(await stage.run.cancel()).toMatchObject({ status: 'canceled' });
    expect(await attempts()).toMatchObject([{ state: 'refused' }, { state: 'succeeded' }]);
  });

  test('whose cancellation may have happened is read from Stripe', async () => {
    const processed = { kind: 'status', path: '/cancel$', status: 500, processed: true };
    await stage.disturb({ ...processed, headers: { 'Stripe-Should-Retry': 'false' } });
    expect(await stage.run.cancel()).toMatchObject({ status: 'sent', cancelAsked: false });
    expect(await order()).toEqual({ kind: 'nothing-to-do' });
    expect(await stage.run.follow()).toMatchObject({ status: 'canceled' });
    expect(await attempts()).toMatchObject([{ state: 'unknown' }]);
  });

  test('is canceled while money is stopped, and before the database was compared', async () => {
    await stopAllMoney(stage.db);
    await stage.db.updateTable('operations').set({ compared_start: 'before' }).execute();
    expect(await stage.run.cancel()).toMatchObject({ status: 'canceled' });
    expect(await stage.made()).toMatchObject([{ status: 'canceled' }]);
  });

  test('and that the bank had before Stripe was asked was not refused by Stripe', async () => {
    await stage.moveMinutes(5 * 24 * 60);
    expect(await stage.run.follow()).toMatchObject({ status: 'paid' });
    expect(await cancellation()).toMatchObject({ state: 'not-asked', stripeCode: null });
    expect(await order()).toEqual({ kind: 'refuse', why: 'too-late' });
  });

  test('is told to be refused by Stripe with Stripe’s code', async () => {
    expect(await cancellation()).toMatchObject({ state: 'not-asked-yet' });
    await stage.disturb({ kind: 'status', path: '/cancel$', status: 429 });
    await expect(stage.run.cancel()).rejects.toMatchObject({ type: 'StripeBusy' });
    expect(await cancellation()).toMatchObject({ state: 'asking' });
    await stage.sandbox.ask('POST', `payouts/${(await stage.row()).stripePayoutId}/pay`, {});
    expect(await stage.run.cancel()).toMatchObject({ status: 'sent', cancelAsked: false });
    const refused = { state: 'refused', stripeCode: expect.stringMatching(/^[a-z_]+$/) };
    expect(await cancellation()).toMatchObject(refused);
  });
});

describe('a payout that somebody canceled in the Dashboard', () => {
  const cancelThere = async () => {
    const { stripePayoutId } = await stage.row();
    const acting = { stripeAccount: stage.account };
    await stage.stripe.payouts.cancel(stripePayoutId ?? '', {}, acting);
  };
  const forget = { cancel_ordered_at: null, cancel_ordered_by: null };
  const held = async () => (await listHolds(stage.db, { limit: 10, active: true })).map(toHeld);
  const toHeld = ({ source, amount, placedBy }: HoldRecord) => ({ source, amount, placedBy });

  test('is held, told, and not paid by the next payout before a person releases it', async () => {
    await stage.db.updateTable('payouts').set(forget).execute();
    await cancelThere();
    expect(await stage.run.follow()).toMatchObject({ status: 'canceled' });
    expect(await held()).toEqual([{ source: 'system', amount: 100_00, placedBy: 'engine' }]);
    const payoutId = await stage.order(stage.sellerId, null, 'usd');
    expect(await reservePayout(stage.db, payoutId)).toMatchObject({ waitingFor: 'hold' });
    const [told] = await listAttention(stage.db, { limit: 10 });
    const atStake = [{ amount: 100_00, currency: 'usd' }];
    expect(told).toMatchObject({ kind: 'discrepancy', parked: 'payout-stopped', atStake });
    const { actor } = await lastEvent('payout.canceled');
    expect(actor).toBe('stripe');
    const [hold] = await listHolds(stage.db, { limit: 1 });
    await stage.db
      .transaction()
      .execute((tx) => releaseHold(tx, { holdId: hold!.id, reason: 'fine', by: 'key_1' }));
    expect(await reservePayout(stage.db, payoutId)).toMatchObject({ fromAccount: 100_00 });
  });

  test('is held once, however often it is read', async () => {
    await stage.db.updateTable('payouts').set(forget).execute();
    await cancelThere();
    await Promise.all([stage.run.follow(), stage.run.follow()]);
    await stage.run.follow();
    expect(await held()).toHaveLength(1);
  });

  test('after Stripe had refused our cancellation is held', async () => {
    await stage.disturb({ kind: 'status', path: '/cancel$', status: 400 });
    await stage.run.cancel();
    await cancelThere();
    expect(await stage.run.follow()).toMatchObject({ status: 'canceled' });
    expect(await held()).toHaveLength(1);
  });

  test('that was to be canceled here as well is not held', async () => {
    await cancelThere();
    expect(await stage.run.follow()).toMatchObject({ status: 'canceled' });
    expect(await held()).toEqual([]);
  });

  test('by our own cancellation is not held', async () => {
    expect(await stage.run.cancel()).toMatchObject({ status: 'canceled' });
    expect(await held()).toEqual([]);
  });
});

async function cancellation() {
  const payout = await findPayout(stage.db, stage.payoutId);
  return payout && cancellationOf(payout);
}

async function lastEvent(type: string): Promise<{ actor?: string }> {
  const { data } = await stage.db
    .selectFrom('events')
    .select('data')
    .where('type', '=', type as EventType)
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  return data;
}
