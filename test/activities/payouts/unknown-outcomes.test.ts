import { afterEach, describe, expect, test } from 'vitest';
import { confirmNotSent, confirmSent, retryRefused } from '../../../db/payouts/commands.ts';
import { recordSent, recordTransferred } from '../../../db/payouts/steps.ts';
import type { Payout } from '../../../domain/payouts/states.ts';
import { openAttempt } from '../../build/money.ts';
import { type Stage, startStage } from '../../build/stage.ts';

let stage: Stage;
afterEach(() => stage.close());

const done = { transfer: 'transferred', payout: 'sent' } as const;
const emptyList = '{"object":"list","data":[],"has_more":false,"url":"/"}';

/** Stripe fails, keeps the failure under the key, and has or has not done it. */
const stored500 = (processed: boolean) => ({
  kind: 'status',
  status: 500,
  stored: true,
  processed,
});

/** Lets Stripe's lists lag behind its writes, for so many look-ups. */
async function hideFromLists(step: 'transfer' | 'payout', times: number): Promise<void> {
  const method = 'GET';
  // A look-up reads two lists of transfers: those of the group, and those to the account.
  const count = step === 'transfer' ? 2 * times : times;
  await stage.disturb({ kind: 'status', method, status: 200, body: emptyList, count });
}

async function openedAttempt(step: 'transfer' | 'payout') {
  const asked = { step, account: null, apiVersion: 'test', request: {} };
  return openAttempt(stage.db, { objectId: stage.payoutId, ...asked });
}

/** Looks up when the row says so, until it is found or a person has to decide. */
async function lookUpAsTold(): Promise<number[]> {
  const minutes: number[] = [];
  for (let row = await stage.row(); row.unknownStep && !row.parked; row = await stage.row()) {
    if (row.lookAgainAt === null) throw new Error('a doubt without a deadline');
    const wait = Math.max(0, (Date.parse(row.lookAgainAt) - Date.parse(row.now)) / 60_000);
    minutes.push(Math.round(wait));
    await stage.moveMinutes(Math.ceil(wait));
    await stage.lookUp();
  }
  return minutes;
}

for (const step of ['transfer', 'payout'] as const) {
  describe(`a ${step} of unknown outcome`, () => {
    async function expectDone(): Promise<void> {
      expect(await stage.row()).toMatchObject({
        status: done[step],
        parked: null,
        unknownStep: null,
      });
      expect((await stage.made()).map(({ amount }) => amount)).toEqual([100_00]);
    }

    test('is looked up at once and found', async () => {
      stage = await startStage(step);
      await stage.disturb(stored500(true));
      expect(await stage.act()).toMatchObject({ unknownStep: step, waitingFor: 'outcome-look-up' });
      expect(await lookUpAsTold()).toEqual([0]);
      await expectDone();
      expect(await stage.attempts()).toMatchObject([{ number: 1, state: 'succeeded', tries: 1 }]);
    });

    test('that was answered by a refusal after all is no longer looked for', async () => {
      stage = await startStage(step);
      await stage.disturb({ kind: 'status', status: 400 });
      await stage.act();
      const doubt = { parked: null, parked_at: null, unknown_step: step, look_ups: 1 } as const;
      await stage.db.updateTable('payouts').set(doubt).execute();
      expect(await stage.lookUp()).toMatchObject({ unknownStep: null, waitingFor: null });
      await stage.act();
      await expectDone();
    });

    test('is looked up if its bank account was paused before the answer came', async () => {
      stage = await startStage(step);
      await stage.disturb({ kind: 'drop-after' });
      await expect(stage.act()).rejects.toThrow();
      const { sellerId, currency } = await stage.row();
      await stage.db
        .insertInto('bank_accounts')
        .values({
          seller_id: sellerId,
          stripe_id: 'ba_paused',
          currency,
          status: 'errored',
          is_default: true,
          paused_at: new Date().toISOString(),
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      const posts = (await stage.posts()).length;
      expect(await stage.act()).toMatchObject({ unknownStep: step });
      await stage.lookUp();
      expect(await stage.posts()).toHaveLength(posts);
      await expectDone();
    });

    test('that Stripe made twice under one key is for a person to decide', async () => {
      stage = await startStage(step);
      const [first, second] = await Promise.all([stage.row(), stage.row()]);
      const { key } = await openedAttempt(step);
      const record = (payout: Payout, id: string) =>
        step === 'transfer'
          ? recordTransferred(stage.db, { payout, key, transferId: `tr_${id}`, arrivesAt: null })
          : recordSent(stage.db, {
              payout,
              key,
              stripePayoutId: `po_${id}`,
              bankExpectedOn: null,
              followAt: null,
            });
      expect(await record(first, 'one')).toMatchObject({ parked: null });
      expect(await record(second, 'one')).toMatchObject({ parked: null });
      expect(await record(second, 'two')).toMatchObject({ parked: 'unexpected-state' });
    });

    test('is known as such when the stored failure is replayed', async () => {
      stage = await startStage(step);
      const headers = { 'Stripe-Should-Retry': 'true' };
      await stage.disturb({ ...stored500(true), headers });
      await expect(stage.act()).rejects.toMatchObject({ type: 'StripeUnreachable' });
      expect(await stage.act()).toMatchObject({ unknownStep: step });
      expect((await stage.posts()).at(-1)).toMatchObject({ replayed: true });
      await lookUpAsTold();
      await expectDone();
    });

    test("is found later when Stripe's lists lag behind", async () => {
      stage = await startStage(step);
      await stage.disturb(stored500(true));
      await stage.act();
      await hideFromLists(step, 2);
      expect(await lookUpAsTold()).toEqual([0, 1, 10]);
      await expectDone();
    });

    test('that is never found is for a person to decide, and never sent again by itself', async () => {
      stage = await startStage(step);
      await stage.disturb(stored500(false));
      await stage.act();
      const posts = (await stage.posts()).length;
      expect(await lookUpAsTold()).toEqual([0, 1, 10, 60]);
      expect(await stage.row()).toMatchObject({ parked: 'outcome-unknown', unknownStep: step });
      await stage.act();
      await stage.lookUp();
      await stage.moveMinutes(48 * 60);
      await stage.act();
      expect(await stage.posts()).toHaveLength(posts);
      expect(await stage.attempts()).toMatchObject([{ number: 1, state: 'unknown' }]);
    });

    test('goes on under the next key when a person says that it was not sent', async () => {
      stage = await startStage(step);
      await stage.disturb(stored500(false));
      await stage.act();
      await lookUpAsTold();
      const { db, payoutId } = stage;
      expect(await db.transaction().execute((tx) => confirmNotSent(tx, payoutId))).toBe('done');
      await stage.act();
      await expectDone();
      expect(await stage.attempts()).toMatchObject([
        { number: 1, state: 'refused', refusal: 'confirmed-not-sent' },
        { number: 2, state: 'succeeded' },
      ]);
    });

    test('goes on without sending when a person found it', async () => {
      stage = await startStage(step);
      await stage.disturb(stored500(true));
      await stage.act();
      await hideFromLists(step, 4);
      await lookUpAsTold();
      const [made] = await stage.made();
      const posts = (await stage.posts()).length;
      const { db, payoutId } = stage;
      const found = made?.id ?? '';
      await db.transaction().execute((tx) => confirmSent(tx, payoutId, found));
      await stage.lookUp();
      await expectDone();
      expect(await stage.posts()).toHaveLength(posts);
    });

    test('counts one look-up for each time it is due, however often the activity runs', async () => {
      stage = await startStage(step);
      await stage.disturb(stored500(false));
      await stage.act();
      await stage.lookUp();
      expect(await stage.row()).toMatchObject({ lookUps: 1 });
      await Promise.all([stage.lookUp(), stage.lookUp()]);
      expect(await stage.row()).toMatchObject({ lookUps: 1, parked: null });
    });

    test('stays as it is while Stripe cannot be read', async () => {
      stage = await startStage(step);
      await stage.disturb(stored500(true));
      const doubted = await stage.act();
      await stage.disturb({ kind: 'status', method: 'GET', status: 503 });
      await expect(stage.lookUp()).rejects.toMatchObject({ type: 'StripeReadFailed' });
      expect(await stage.row()).toMatchObject({ lookUps: doubted.lookUps, unknownStep: step });
      await stage.lookUp();
      await expectDone();
    });

    test.each([
      ['the key was used with another body', 400, 'idempotency_error'],
      ['nobody knows this answer', 418, 'invalid_request_error'],
      ['a redirect says nothing', 302, 'api_error'],
    ])('is not taken for refused: %s', async (_why, status, type) => {
      stage = await startStage(step);
      await stage.disturb({
        kind: 'status',
        status,
        type,
        headers: { 'Stripe-Should-Retry': 'false' },
      });
      expect(await stage.act()).toMatchObject({ unknownStep: step });
      expect(await stage.attempts()).toMatchObject([
        { number: 1, state: 'unknown', refusal: null },
      ]);
    });

    test('is parked when what Stripe has is not what was asked', async () => {
      stage = await startStage(step);
      await takeTheKey(step, 99_00);
      expect(await stage.act()).toMatchObject({ unknownStep: step });
      await stage.lookUp();
      expect(await stage.row()).toMatchObject({ parked: 'unexpected-state' });
      expect(await stage.attempts()).toMatchObject([{ number: 1, state: 'unknown' }]);
    });

    test('that was taken back goes anew when a person says that nothing moved', async () => {
      stage = await startStage(step);
      const took = await takeTheKey(step, 99_00);
      await stage.act();
      await stage.lookUp();
      expect(await stage.row()).toMatchObject({ parked: 'unexpected-state' });
      await took.back();
      const { db, payoutId } = stage;
      await db.transaction().execute((tx) => retryRefused(tx, payoutId));
      await stage.lookUp();
      expect(await stage.row()).toMatchObject({ parked: 'outcome-unknown', unknownStep: step });
      await db.transaction().execute((tx) => confirmNotSent(tx, payoutId));
      expect(await stage.act()).toMatchObject({ parked: null, unknownStep: null });
      expect(await stage.attempts()).toMatchObject([
        { number: 1, state: 'refused', refusal: 'confirmed-not-sent' },
        { number: 2 },
      ]);
    });

    test('is parked when Stripe has it twice', async () => {
      stage = await startStage(step);
      await takeTheKey(step, 40_00);
      await takeTheKey(step, 40_00, '/again');
      await stage.act();
      await stage.lookUp();
      expect(await stage.row()).toMatchObject({ parked: 'unexpected-state' });
    });
  });
}

test('a transfer of which a part was taken back may not be sent anew', async () => {
  stage = await startStage('transfer');
  const { id } = await takeTheKey('transfer', 99_00);
  await stage.stripe.transfers.createReversal(id, { amount: 30_00 });
  await stage.act();
  await stage.lookUp();
  expect(await stage.row()).toMatchObject({ parked: 'unexpected-state' });
  const { db, payoutId } = stage;
  const confirmed = await db.transaction().execute((tx) => confirmNotSent(tx, payoutId));
  expect(confirmed).toBe('not-parked');
});

/** Somebody used the key of the payout's first attempt for something else. */
async function takeTheKey(step: 'transfer' | 'payout', amount: number, more = '') {
  const { stripe, payoutId, account } = stage;
  const body = { amount, currency: 'usd', metadata: { payout_id: payoutId } };
  const idempotencyKey = `${payoutId}/${step}/1${more}`;
  if (step === 'payout') {
    const acting = { stripeAccount: account };
    const { id } = await stripe.payouts.create(body, { idempotencyKey, ...acting });
    const back = async () => {
      await stage.moveMinutes(5 * 24 * 60); // one that has not arrived cannot be reversed
      await stripe.payouts.reverse(id, {}, acting);
    };
    return { id, back };
  }
  const { id } = await stripe.transfers.create(
    { ...body, destination: account, transfer_group: payoutId },
    { idempotencyKey },
  );
  return { id, back: async () => stripe.transfers.createReversal(id, {}) };
}
