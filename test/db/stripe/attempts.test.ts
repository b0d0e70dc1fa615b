import { beforeAll, describe, expect, test } from 'vitest';

import { confirmNotSent, confirmSent } from '../../../db/payouts/commands.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import { parkPayout, recordNotFound } from '../../../db/payouts/steps.ts';
import { recordRefused, recordUnknown } from '../../../db/stripe/answers.ts';
import { clearTry, findAttempt } from '../../../db/stripe/attempts.ts';
import { newId, type PayoutId } from '../../../domain/ids.ts';
import {
  attemptOf,
  hourMs,
  type MoneyDatabase,
  openAttempt,
  startMoneyDatabase,
  liftEveryStop,
  stopAllMoney,
} from '../../build/money.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase(20);
});
const error = { statusCode: 500, type: 'api_error', code: null, requestId: 'req_1' };
const noPayout = (): PayoutId => newId('payout');

/** A payout in the state in which a transfer's outcome is in doubt after every look-up. */
async function inDoubt(): Promise<{ payoutId: PayoutId; key: string }> {
  const sellerId = await money.seller();
  await money.earn(sellerId, 100_00);
  const payoutId = await money.order(sellerId);
  await reservePayout(money.db, payoutId);
  const key = await money.send(payoutId, 'transfer');
  await recordUnknown(money.db, { key, error });
  const doubted = await recordNotFound(money.db, await readPayout(money.db, payoutId), 'transfer');
  await parkPayout(money.db, doubted, 'outcome-unknown');
  return { payoutId, key };
}

describe('an attempt', () => {
  test('is opened once by twenty callers at once', async () => {
    const payoutId = noPayout();
    const opened = await Promise.all(
      Array.from({ length: 20 }, () => openAttempt(money.db, attemptOf(payoutId, 'payout'))),
    );
    expect(new Set(opened.map(({ key }) => key))).toEqual(new Set([`${payoutId}/payout/1`]));
    const rows = await money.db
      .selectFrom('attempts')
      .select('key')
      .where('object_id', '=', payoutId)
      .execute();
    expect(rows).toHaveLength(1);
  });

  test('is opened anew once by twenty callers after a refusal', async () => {
    const payoutId = noPayout();
    const { key } = await openAttempt(money.db, attemptOf(payoutId, 'payout'));
    await recordRefused(money.db, { key, refusal: 'balance-insufficient', error });
    const opened = await Promise.all(
      Array.from({ length: 20 }, () => openAttempt(money.db, attemptOf(payoutId, 'payout'))),
    );
    expect(new Set(opened.map(({ number }) => number))).toEqual(new Set([2]));
  });

  test('takes the body that is asked for now while none was sent', async () => {
    const asked = attemptOf(noPayout(), 'payout');
    const { key } = await openAttempt(money.db, asked);
    const renewed = await openAttempt(money.db, { ...asked, request: { amount: 999_00 } });
    expect(renewed).toMatchObject({ key, request: { amount: 999_00 } });
    // Who opened it before sends what stands now.
    expect(await clearTry(money.db, key, [])).toMatchObject({ request: { amount: 999_00 } });
    expect(await openAttempt(money.db, asked)).toMatchObject({ request: { amount: 999_00 } });
  });

  test('answers with the body, the account and the version as first sent', async () => {
    const asked = { ...attemptOf(noPayout(), 'payout'), account: 'acct_first' as const };
    const { key } = await openAttempt(money.db, asked);
    await clearTry(money.db, key, []);
    const first = await openAttempt(money.db, asked);
    const second = await openAttempt(money.db, {
      ...asked,
      account: 'acct_second',
      apiVersion: '2099-01-01',
      request: { amount: 999_00 },
    });
    expect(second).toEqual(first);
    expect(second.request).toEqual(asked.request);
  });

  test('stores a request body unchanged, however its keys are spelled', async () => {
    const request = {
      amount: 5_00,
      source_transaction: 'ch_1',
      transferGroup: 'payout_1',
      'kebab-key': true,
      metadata: {
        payout_id: 'payout_1',
        sellerId: 'sel_1',
        SCREAMING_KEY: 'x',
        nested: [{ a_b: 1 }],
      },
      expand: ['balance_transaction', 'destination_payment.aB'],
    };
    const asked = { ...attemptOf(noPayout(), 'transfer'), request };
    const { key, ...opened } = await openAttempt(money.db, asked);
    expect(opened.request).toEqual(request);
    expect((await clearTry(money.db, key, [])).request).toEqual(request);
    const found = await findAttempt(money.db, asked.objectId, 'transfer');
    expect(found?.request).toEqual(request);
  });

  test.each(['started', 'unknown'] as const)(
    'that is %s stands: no other is opened',
    async (state) => {
      const asked = attemptOf(noPayout(), 'transfer');
      const { key } = await openAttempt(money.db, asked);
      if (state === 'unknown') await recordUnknown(money.db, { key, error });
      expect(await openAttempt(money.db, asked)).toMatchObject({ key, state });
      // An answer that comes late changes nothing that was decided.
      await recordRefused(money.db, { key, refusal: 'other', error });
      expect(await openAttempt(money.db, asked)).toMatchObject(
        state === 'unknown' ? { key, number: 1 } : { number: 2 },
      );
    },
  );

  test('is not refused by an answer that is certain of the only try, once there was another', async () => {
    const asked = attemptOf(noPayout(), 'payout');
    const { key } = await openAttempt(money.db, asked);
    const refused = { key, refusal: 'other', error, isOnlyTry: true } as const;
    await clearTry(money.db, key, []);
    await clearTry(money.db, key, []);
    expect(await recordRefused(money.db, refused)).toBe(false);
    expect(await openAttempt(money.db, asked)).toMatchObject({ key, state: 'started' });
    const alone = await openAttempt(money.db, attemptOf(noPayout(), 'payout'));
    await clearTry(money.db, alone.key, []);
    expect(await recordRefused(money.db, { ...refused, key: alone.key })).toBe(true);
  });

  test('that succeeded is never followed by another', async () => {
    const sellerId = await money.seller();
    await money.earn(sellerId, 100_00);
    const payoutId = await money.sent(sellerId);
    const { key } = await openAttempt(money.db, attemptOf(payoutId, 'payout'));
    await recordRefused(money.db, { key, refusal: 'other', error });
    await recordUnknown(money.db, { key, error });
    expect(await openAttempt(money.db, attemptOf(payoutId, 'payout'))).toMatchObject({
      number: 1,
      state: 'succeeded',
      stripeId: `po_${payoutId.slice(7)}`,
    });
  });

  test('beside one that is not refused is refused by the database', async () => {
    const asked = attemptOf(noPayout(), 'transfer');
    await openAttempt(money.db, asked);
    const second = money.db.insertInto('attempts').values({
      key: `${asked.objectId}/transfer/2`,
      object_id: asked.objectId,
      step: 'transfer',
      number: 2,
      api_version: '2026-10-28',
      request: JSON.stringify({}),
    });
    await expect(second.execute()).rejects.toThrow(/one_attempt_not_refused/);
  });
});

describe('a try', () => {
  test('is cleared while money may move, and counted', async () => {
    const { key } = await openAttempt(money.db, attemptOf(noPayout(), 'payout'));
    expect((await clearTry(money.db, key, [])).clearance).toBe('send');
    const first = await readTries(key);
    expect((await clearTry(money.db, key, [])).clearance).toBe('send');
    const second = await readTries(key);
    expect([first.tries, second.tries]).toEqual([1, 2]);
    expect(second.first_sent_at).toBe(first.first_sent_at);
  });

  test('is counted for each of twenty at once', async () => {
    const { key } = await openAttempt(money.db, attemptOf(noPayout(), 'payout'));
    const cleared = await Promise.all(
      Array.from({ length: 20 }, () => clearTry(money.db, key, [])),
    );
    expect(new Set(cleared.map(({ clearance }) => clearance))).toEqual(new Set(['send']));
    expect((await readTries(key)).tries).toBe(20);
  });

  test('is not cleared while money is stopped, and leaves no trace', async () => {
    const { key } = await openAttempt(money.db, attemptOf(noPayout(), 'payout'));
    await stopAllMoney(money.db);
    expect((await clearTry(money.db, key, [])).clearance).toBe('money-stopped');
    await liftEveryStop(money.db);
    expect(await readTries(key)).toMatchObject({ tries: 0, first_sent_at: null });
  });

  test('is not cleared before Stripe was compared since PostgreSQL started', async () => {
    const own = await startMoneyDatabase(2);
    const { key } = await openAttempt(own.db, attemptOf(noPayout(), 'payout'));
    await own.db.updateTable('operations').set({ compared_start: 'an earlier one' }).execute();
    expect((await clearTry(own.db, key, [])).clearance).toBe('not-compared');
    await own.db.destroy();
  });

  test('is not cleared once the attempt is decided', async () => {
    const { key } = await openAttempt(money.db, attemptOf(noPayout(), 'payout'));
    await recordUnknown(money.db, { key, error });
    expect((await clearTry(money.db, key, [])).clearance).toBe('decided');
  });

  test('of no attempt is an error', async () => {
    await expect(clearTry(money.db, 'payout_x/payout/1', [])).rejects.toThrow('no such attempt');
  });

  test('is cleared for twelve hours after the first, and never again', async () => {
    const own = await startMoneyDatabase(2);
    const { key } = await openAttempt(own.db, attemptOf(noPayout(), 'payout'));
    expect((await clearTry(own.db, key, [])).clearance).toBe('send');
    await own.moveTo(12 * hourMs - 60_000);
    expect((await clearTry(own.db, key, [])).clearance).toBe('send');
    await own.moveTo(12 * hourMs + 1);
    expect((await clearTry(own.db, key, [])).clearance).toBe('too-old');
    // One that waited for its turn that long was never sent: Stripe cannot know it.
    const waited = await openAttempt(own.db, attemptOf(noPayout(), 'payout'));
    await own.moveTo(48 * hourMs);
    expect((await clearTry(own.db, waited.key, [])).clearance).toBe('send');
  });
});

describe('a person', () => {
  test('who found it at Stripe has it looked at, once, and nothing is booked before', async () => {
    const { payoutId, key } = await inDoubt();
    const confirm = () =>
      money.db.transaction().execute((tx) => confirmSent(tx, payoutId, 'tr_found'));
    expect((await Promise.all([confirm(), confirm()])).sort()).toEqual(['done', 'not-parked']);
    expect(await readPayout(money.db, payoutId)).toMatchObject({
      status: 'reserved',
      parked: null,
      unknownStep: 'transfer',
      namedStripeId: 'tr_found',
    });
    expect(await findAttempt(money.db, payoutId, 'transfer')).toMatchObject({
      key,
      state: 'unknown',
    });
    expect(await money.entriesOf(payoutId)).toHaveLength(1);
  });

  test('who named the wrong thing is asked again, unless a look-up of before comes late', async () => {
    const { payoutId } = await inDoubt();
    const before = { ...(await readPayout(money.db, payoutId)), parked: null };
    await money.db.transaction().execute((tx) => confirmSent(tx, payoutId, 'tr_wrong'));
    await recordNotFound(money.db, before, 'transfer');
    const named = await readPayout(money.db, payoutId);
    expect(named).toMatchObject({ parked: null, namedStripeId: 'tr_wrong' });
    const asked = await parkPayout(money.db, named, 'outcome-unknown', 'tr_wrong: it is not');
    expect(asked).toMatchObject({ parkedDetail: 'tr_wrong: it is not', namedStripeId: null });
  });

  test('who is certain that nothing moved lets the next attempt be opened, once', async () => {
    const { payoutId } = await inDoubt();
    const confirm = () => money.db.transaction().execute((tx) => confirmNotSent(tx, payoutId));
    expect((await Promise.all([confirm(), confirm()])).sort()).toEqual(['done', 'not-parked']);
    expect(await readPayout(money.db, payoutId)).toMatchObject({
      status: 'reserved',
      parked: null,
      unknownStep: null,
      lookUps: 0,
    });
    expect(await openAttempt(money.db, attemptOf(payoutId, 'transfer'))).toMatchObject({
      number: 2,
      state: 'started',
    });
  });

  test('changes nothing about a payout that nobody doubts', async () => {
    const sellerId = await money.seller();
    await money.earn(sellerId, 100_00);
    const payoutId = await money.order(sellerId);
    await reservePayout(money.db, payoutId);
    await money.send(payoutId, 'transfer');
    const answers = await money.db.transaction().execute(async (tx) => {
      return [await confirmSent(tx, payoutId, 'tr_x'), await confirmNotSent(tx, payoutId)];
    });
    expect(answers).toEqual(['not-parked', 'not-parked']);
  });
});

async function readTries(key: string) {
  return money.db
    .selectFrom('attempts')
    .select(['tries', 'first_sent_at'])
    .where('key', '=', key)
    .executeTakeFirstOrThrow();
}
