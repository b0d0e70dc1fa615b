import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { recordUnknownMade } from '../../../db/recovery/comparison.ts';
import { newId, type PayoutId } from '../../../domain/ids.ts';
import { booksOf } from '../../build/books.ts';
import { liftEveryStop } from '../../build/money.ts';
import { type Stage, startStage } from '../../build/stage.ts';
import { byHand, expectPaidAgain } from './by-hand.ts';

const day = 24 * 60;
let stage: Stage;
let books: Awaited<ReturnType<typeof booksOf>>;
let hand: ReturnType<typeof byHand>;
let lost: PayoutId;

/** The seller is owed 100.00 at the platform, and nothing is ordered. */
beforeEach(async () => {
  stage = await startStage('transfer');
  books = await booksOf(stage);
  hand = byHand(stage, books);
  lost = newId('payout');
  await hand.cancel();
});
afterEach(() => stage.close());

/** Stripe moved money in the name of a payout that is not in the database. */
async function makeLost({ paysOut = true } = {}): Promise<{ tr: string; po: string }> {
  const { id: tr } = await books.transfer(100_00, lost);
  await stage.moveMinutes(5 * day);
  const po = paysOut ? (await books.payOut(100_00, lost)).id : '';
  await books.read();
  return { tr, po };
}
/** A person dismisses what Stripe made, which is no payout of ours. */
async function dismissAll(): Promise<void> {
  await hand.dismissAll();
  await liftEveryStop(stage.db);
}

describe('money in the name of an unknown payout that is closed', () => {
  test('as not owed is booked, held, and not paid out by the next payday', async () => {
    await makeLost({ paysOut: false });
    await dismissAll();
    expect(await hand.closeAll('not-owed')).toEqual(['closed']);
    expect(await books.places()).toEqual({
      owed: -100_00,
      platform: 100_00,
      account: 100_00,
      foreign: -100_00,
    });
    expect(await books.holds()).toEqual([100_00]);
    expect(await books.payAll()).toMatchObject({ status: 'sent', fromAccount: 100_00 });
    expect(await hand.paidOut()).toBe(100_00);
    expect(await books.payAll()).toMatchObject({ waitingFor: 'hold' });
    await hand.expectAgreement();
  });

  test('as not owed, and that left again, leaves what is owed payable', async () => {
    await makeLost();
    await dismissAll();
    expect(await hand.closeAll('not-owed')).toEqual(['closed', 'closed']);
    expect(await books.holds()).toEqual([]);
    expect(await books.places()).toEqual({ owed: -100_00, platform: 100_00 });
    expect(await books.payAll()).toMatchObject({ status: 'sent', fromPlatform: 100_00 });
    await hand.expectAgreement();
  });

  test('as owed is booked, and nothing is paid again', async () => {
    await makeLost();
    await dismissAll();
    expect(await hand.closeAll('owed')).toEqual(['closed', 'closed']);
    expect(await books.holds()).toEqual([]);
    expect(await books.payAll()).toMatchObject({ status: 'skipped' });
    expect(await hand.earningsLeft()).toBe(0);
    await hand.expectAgreement();
  });

  test('is booked with all of its lines, and paid nothing if it had come back', async () => {
    const { po } = await makeLost();
    await hand.fail(po);
    expect(await books.open()).toHaveLength(3);
    await dismissAll();
    expect(await hand.closeAll('owed')).toEqual(['closed', 'came-back']);
    expect(await hand.closeAll('not-owed')).toEqual(['closed']);
    expect(await books.places()).toEqual({ owed: -100_00, account: 100_00 });
    expect(await books.payAll()).toMatchObject({ status: 'sent', fromAccount: 100_00 });
    expect(await hand.earningsLeft()).toBe(0);
    await hand.expectAgreement();
  });

  test('before the account’s books showed it is booked and held when they do', async () => {
    await books.transfer(100_00, lost);
    await books.reconcile();
    await dismissAll();
    expect(await hand.closeAll('owed')).toEqual(['no-seller']);
    expect(await hand.closeAll('not-owed')).toEqual(['closed']);
    await books.read();
    expect(await books.holds()).toEqual([100_00]);
    expect(await books.places()).toMatchObject({ account: 100_00, foreign: -100_00 });
    await hand.expectAgreement();
  });

  test('must first be adopted or dismissed, whatever it was for', async () => {
    await makeLost();
    expect(await hand.closeAll('owed')).toEqual(['adopt-first', 'adopt-first']);
    expect(await hand.closeAll('not-owed')).toEqual(['adopt-first', 'adopt-first']);
  });

  test('holds all money while another unknown payout is unexplained', async () => {
    await makeLost({ paysOut: false });
    await dismissAll();
    expect(await hand.closeAll('not-owed')).toEqual(['closed']);
    await books.transfer(30_00, newId('payout'));
    await books.read();
    const holds = await books.holds();
    expect(holds).toHaveLength(2);
    expect(holds).toEqual(expect.arrayContaining([100_00, null]));
  });
});

describe('money without an order that moved back before it is closed', () => {
  test('did not pay what is owed, and its hold ends', async () => {
    const { id } = await books.transfer(100_00);
    await books.read();
    expect(await books.holds()).toEqual([100_00]);
    await stage.stripe.transfers.createReversal(id, { amount: 100_00 });
    await books.read();
    expect(await books.holds()).toEqual([]);
    expect(await hand.closeAll('owed')).toEqual(['came-back']);
    expect(await hand.closeAll('not-owed')).toEqual(['closed']);
    expect(await books.payAll()).toMatchObject({ status: 'sent', fromPlatform: 100_00 });
    await hand.expectAgreement();
  });

  test('paid only what stayed', async () => {
    const { id } = await books.transfer(100_00);
    await books.read();
    await stage.stripe.transfers.createReversal(id, { amount: 40_00 });
    await books.read();
    expect(await books.holds()).toEqual([60_00]);
    expect(await hand.closeAll('owed')).toEqual(['closed']);
    expect(await books.places()).toMatchObject({ platform: 40_00, account: 60_00 });
    expect(await books.holds()).toEqual([]);
    await hand.expectAgreement();
  });

  test('did not pay the seller if the bank sent it back', async () => {
    const { stripePayoutId } = await hand.pay();
    await hand.fail(stripePayoutId);
    expect(await hand.closeAll('owed')).toEqual(['closed', 'came-back']);
    expect(await hand.closeAll('not-owed')).toEqual(['closed']);
    expect(await books.payAll()).toMatchObject({ status: 'sent', fromAccount: 100_00 });
    expect(await hand.earningsLeft()).toBe(0);
  });

  test('as not owed leaves no hold on what the seller earns later', async () => {
    const { id } = await books.transfer(100_00);
    await books.read();
    expect(await hand.closeAll('not-owed')).toEqual(['closed']);
    await stage.stripe.transfers.createReversal(id, { amount: 100_00 });
    await books.read();
    expect(await books.holds()).toEqual([]);
    expect(await books.payAll()).toMatchObject({ status: 'sent', fromPlatform: 100_00 });
  });
});

describe('money that somebody else paid', () => {
  const order = (amount: number) => stage.order(books.sellerId, amount, 'usd');
  const later = '2099-01-01T00:00:00.000Z';

  test('early counts for earnings that are not payable yet, and blocks no others', async () => {
    await stage.earn(books.sellerId, 50_00, { currency: 'usd', availableOn: later });
    await hand.endElsewhere({ proof: 'SEPA 4711' }, await order(150_00));
    expect(await hand.earningsLeft()).toBe(0);
    await stage.earn(books.sellerId, 20_00, { currency: 'usd' });
    expect(await books.payAll()).toMatchObject({ status: 'sent', fromPlatform: 20_00 });
  });

  test('early at Stripe counts for earnings that are not payable yet', async () => {
    await stage.earn(books.sellerId, 50_00, { currency: 'usd', availableOn: later });
    await hand.pay(150_00);
    expect(await hand.closeAll('owed')).toEqual(['closed', 'closed']);
    expect(await hand.earningsLeft()).toBe(0);
    await stage.earn(books.sellerId, 20_00, { currency: 'usd' });
    expect(await books.payAll()).toMatchObject({ status: 'sent', fromPlatform: 20_00 });
    await hand.expectAgreement();
  });

  test('is not owed as far as no charge covers its earnings', async () => {
    await stage.db.updateTable('earnings').set({ held: 100_00 }).execute();
    await stage.earn(books.sellerId, 20_00, { currency: 'usd' });
    const payoutId = await order(100_00);
    expect(await hand.endElsewhere({ proof: 'SEPA 4711' }, payoutId)).toEqual({
      kind: 'refuse',
      why: 'more-than-owed',
    });
  });

  test('does not end a payout while another may contain the same money', async () => {
    const payoutId = await order(10_00);
    await reservePayout(stage.db, await order(90_00));
    expect(await hand.endElsewhere({ proof: 'SEPA 4711' }, payoutId)).toEqual({
      kind: 'refuse',
      why: 'payout-in-flight',
    });
  });

  test('does not end a payout that Stripe may have made, as a person must first decide', async () => {
    const payoutId = await order(100_00);
    const { account: stripeAccount } = stage;
    const made = { payoutId, stripeAccount, amount: 100_00, currency: 'usd' };
    const createdAt = new Date().toISOString();
    await recordUnknownMade(stage.db, [{ ...made, createdAt, step: 'transfer', stripeId: 'tr_1' }]);
    expect(await hand.endElsewhere({ proof: 'SEPA 4711' }, payoutId)).toEqual({
      kind: 'refuse',
      why: 'adopt-first',
    });
  });
});

describe('money that somebody else paid and that came back', () => {
  const payouts = () =>
    stage.db
      .selectFrom('payouts')
      .select(['id', 'status', 'return_reason'])
      .where('status', 'in', ['paid-elsewhere', 'returned'])
      .execute();

  test.each([
    ['the closing', 'fail'],
    ['the closing', 'debitBack'],
    ['the end of a payout', 'fail'],
    ['the end of a payout', 'debitBack'],
  ] as const)(
    'after %s counted it is owed again, held, and paid once a person releases it: %s',
    async (how, back) => {
      const { transferId, stripePayoutId } = await hand.pay();
      if (how === 'the closing') await hand.closeAll('owed');
      else {
        const payoutId = await stage.order(books.sellerId, 100_00, 'usd');
        await hand.endElsewhere({ stripeIds: [stripePayoutId, transferId] }, payoutId);
      }
      expect(await payouts()).toMatchObject([{ status: 'paid-elsewhere' }]);
      await stage.moveMinutes(5 * day);
      await hand[back](stripePayoutId);
      expect(await payouts()).toMatchObject([{ status: 'returned' }]);
      expect(await books.discrepancies()).toEqual(['payout-reversed 10000']);
      expect(await books.holds()).toEqual([100_00]);
      expect(await hand.earningsLeft()).toBe(100_00);
      expect(await books.payAll()).toMatchObject({ waitingFor: 'hold' });
      await expectPaidAgain(stage, books);
    },
  );

  test('outside Stripe is owed again when a person says so, once', async () => {
    const payoutId = await stage.order(books.sellerId, 100_00, 'usd');
    await hand.endElsewhere({ proof: 'SEPA 4711' }, payoutId);
    expect(await hand.comeBack(payoutId)).toEqual({ kind: 'returned' });
    expect(await hand.comeBack(payoutId)).toMatchObject({ why: 'not-paid-elsewhere' });
    expect(await payouts()).toMatchObject([
      { id: payoutId, status: 'returned', return_reason: 'The bank sent it back' },
    ]);
    expect(await books.places()).toEqual({ owed: -100_00, platform: 100_00 });
    expect(await books.payAll()).toMatchObject({ status: 'sent', fromPlatform: 100_00 });
    expect(await hand.earningsLeft()).toBe(0);
    await hand.expectAgreement();
  });

  test('at Stripe is not believed before Stripe’s books show it', async () => {
    await hand.pay();
    await hand.closeAll('owed');
    const [{ id } = { id: lost }] = await payouts();
    expect(await hand.comeBack(id)).toEqual({ kind: 'refuse', why: 'at-stripe' });
  });
});
