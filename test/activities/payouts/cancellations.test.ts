import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cancelPayout } from '../../../db/payouts/cancellations.ts';
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

  test('is not canceled while money is stopped, and is seen to arrive all the same', async () => {
    await stopAllMoney(stage.db);
    expect(await stage.run.cancel()).toMatchObject({ status: 'sent', waitingFor: 'money-stopped' });
    await stage.moveMinutes(5 * 24 * 60);
    expect(await stage.run.cancel()).toMatchObject({ status: 'paid' });
    expect(await order()).toEqual({ kind: 'refuse', why: 'too-late' });
  });
});
