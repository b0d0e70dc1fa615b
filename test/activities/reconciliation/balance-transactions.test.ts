import { afterEach, describe, expect, test } from 'vitest';
import { readOperations } from '../../../db/money-stops/rows.ts';
import { cancelPayout } from '../../../db/payouts/cancellations.ts';
import { adoptAll } from '../../../db/recovery/adoptions.ts';
import { recordUnknownMade } from '../../../db/recovery/comparison.ts';
import { newId } from '../../../domain/ids.ts';
import type { Place } from '../../../domain/ledger.ts';
import { booksOf } from '../../build/books.ts';
import { type Stage, startStage } from '../../build/stage.ts';
import { byHand, expectPaidAgain } from './by-hand.ts';

let stage: Stage;
afterEach(() => stage.close());
const day = 24 * 60;

describe('an arrival', () => {
  test('of a second transfer in the name of a payout is no income, and the next payout takes it', async () => {
    stage = await startStage('payout');
    const books = await booksOf(stage);
    await stage.act();
    await books.transfer(100_00, stage.payoutId);
    await books.read();
    expect(await books.places()).toMatchObject({
      owed: -100_00,
      platform: -100_00,
      account: 100_00,
    });
    expect(await books.discrepancies()).toEqual(['transfer-unexpected 10000']);
    expect(await books.payAll()).toMatchObject({ status: 'skipped' });
    await stage.earn(books.sellerId, 130_00, { currency: 'usd' });
    expect(await books.payAll()).toMatchObject({ fromAccount: 100_00, fromPlatform: 30_00 });
  });

  test('in the name of a payout that is not in the database holds the seller and is not booked', async () => {
    stage = await startStage('transfer');
    const books = await booksOf(stage);
    await stage.db.transaction().execute((tx) => cancelPayout(tx, stage.payoutId, 'me'));
    const lost = newId('payout');
    await books.transfer(100_00, lost);
    await stage.moveMinutes(5);
    await books.payOut(100_00, lost);
    await books.read();
    await books.read();
    expect(await books.places()).toEqual({ owed: -100_00, platform: 100_00 });
    expect(await books.open()).toMatchObject([
      { type: 'payment', standing: 'unknown-payout' },
      { type: 'payout', standing: 'unknown-payout' },
    ]);
    expect(await books.discrepancies()).toEqual(['payout-unknown 10000', 'payout-unknown -10000']);
    expect(await books.holds()).toEqual([null]);
    const waits = { status: 'requested', waitingFor: 'unordered-money' };
    expect(await books.payAll()).toMatchObject(waits);
    // Money stands still for everybody until a person adopts what Stripe knows.
    const { moneyStopped } = await readOperations(stage.db);
    expect(moneyStopped).toBe(true);
    const order = { by: 'key_1', reason: 'brought back' };
    const adopted = await stage.db.transaction().execute((tx) => adoptAll(tx, order));
    expect(adopted).toMatchObject([
      { payoutId: lost, step: 'transfer', amount: 100_00 },
      { payoutId: lost, step: 'payout', amount: 100_00 },
    ]);
    await books.read();
    expect(await books.open()).toEqual([]);
    expect(await books.holds()).toEqual([]);
    expect(await books.places()).toEqual({ owed: -100_00, 'in-transit': 100_00 });
    await books.reconcile();
    expect(await books.discrepancies()).toHaveLength(2);
  });

  test.each<[first: string, place: Place, why: string]>([
    // first, where its money is, why
    ['the books', 'foreign', 'they took it for somebody else’s doing'],
    ['the adoption', 'in-transit', 'it is on its way'],
  ])(
    'of a payout that was called off here is booked once where %s come first, as %s: %s',
    async (first, place) => {
      stage = await startStage('transfer');
      const { db, payoutId, account: stripeAccount } = stage;
      const books = await booksOf(stage);
      await db.transaction().execute((tx) => cancelPayout(tx, payoutId, 'me'));
      const transfer = await books.transfer(100_00, payoutId);
      await stage.moveMinutes(5);
      const payout = await books.payOut(100_00, payoutId);
      const made = { payoutId, stripeAccount, amount: 100_00, currency: 'usd' };
      if (first === 'the books') await books.read();
      const createdAt = new Date(payout.created * 1000).toISOString();
      await recordUnknownMade(db, [
        { ...made, createdAt, step: 'transfer', stripeId: transfer.id },
        { ...made, createdAt, step: 'payout', stripeId: payout.id },
      ]);
      const order = { by: 'key_1', reason: 'brought back' };
      expect(await db.transaction().execute((tx) => adoptAll(tx, order))).toHaveLength(2);
      await books.read();
      expect(await books.open()).toEqual([]);
      const { platform = 0, account = 0, [place]: there } = await books.places();
      expect([platform, account, Math.abs(there ?? 0)]).toEqual([0, 0, 100_00]);
    },
  );

  test('whose answer is on its way is left open by its name alone, however wrong our clock is', async () => {
    stage = await startStage('transfer');
    const books = await booksOf(stage);
    await stage.moveTo(120_000); // only ours
    await stage.disturb({ kind: 'drop-after' });
    await expect(stage.act()).rejects.toMatchObject({ type: 'StripeUnreachable' });
    await books.charge(50_00);
    await books.read();
    expect(await books.open()).toMatchObject([{ type: 'payment', net: 100_00, standing: 'open' }]);
    const income = (await books.places()).account;
    await stage.act();
    await books.read();
    expect(await books.open()).toEqual([]);
    expect(await books.places()).toMatchObject({ account: income, 'account-reserved': 100_00 });
    expect(await books.atStripe()).toBe(100_00 + (income ?? 0));
    expect(await books.discrepancies()).toEqual([]);
  });

  test('of a transfer made in the Dashboard is held until a person says whose it is', async () => {
    stage = await startStage('payout');
    const books = await booksOf(stage);
    await stage.act();
    await books.transfer(40_00);
    await books.read();
    expect(await books.places()).toMatchObject({ owed: -100_00, foreign: -40_00, account: 40_00 });
    expect(await books.discrepancies()).toEqual(['transfer-not-ordered 4000']);
    expect(await books.holds()).toEqual([40_00]);
    const waits = { status: 'requested', waitingFor: 'unordered-money' };
    expect(await books.payAll()).toMatchObject(waits);
  });

  test('of a destination charge is income, and goes back as it came', async () => {
    stage = await startStage('payout');
    const books = await booksOf(stage);
    await stage.act();
    const charge = await stage.sandbox.fund(60_00);
    await stage.stripe.transfers.create({
      amount: 60_00,
      currency: 'usd',
      destination: stage.account,
      source_transaction: charge.id,
    });
    await books.read();
    expect(await books.places()).toMatchObject({ owed: -160_00, account: 60_00 });
    expect(await books.discrepancies()).toEqual([]);
  });
});

describe('a transfer that somebody else reversed', () => {
  test('is at the platform again, still owed, and held until a person decides', async () => {
    stage = await startStage('transfer');
    const books = await booksOf(stage);
    const { transferId } = await stage.act();
    await stage.db.transaction().execute((tx) => cancelPayout(tx, stage.payoutId, 'me'));
    await stage.stripe.transfers.createReversal(transferId ?? '', { amount: 100_00 });
    await books.read();
    expect(await books.places()).toEqual({ owed: -100_00, platform: 100_00 });
    expect(await books.discrepancies()).toEqual(['reversal-not-ordered -10000']);
    expect(await books.holds()).toEqual([100_00]);
    expect(await books.open()).toEqual([]);
  });

  test('before anybody read its arrival is understood in the same reading', async () => {
    stage = await startStage('payout');
    const books = await booksOf(stage);
    const { transferId } = await stage.row();
    await stage.stripe.transfers.createReversal(transferId ?? '', { amount: 30_00 });
    await books.read();
    expect(await books.places()).toMatchObject({ platform: 30_00, account: -30_00 });
    expect(await books.atStripe()).toBe(70_00);
  });
});

describe('a payout that somebody else debited back', () => {
  test('is at the account, and not paid again until a person releases it', async () => {
    stage = await startStage('payout');
    const books = await booksOf(stage);
    await stage.act();
    await stage.moveMinutes(5 * day);
    const { stripePayoutId } = await stage.run.follow();
    await stage.stripe.payouts.reverse(stripePayoutId ?? '', {}, { stripeAccount: stage.account });
    await stage.moveMinutes(5 * day);
    await books.read();
    expect(await books.places()).toEqual({ owed: -100_00, account: 100_00 });
    expect(await books.discrepancies()).toEqual(['payout-reversed 10000']);
    expect(await books.payAll()).toMatchObject({ status: 'requested', waitingFor: 'hold' });
  });

  test.each(['paid', 'settled'] as const)(
    'after it was %s is returned, and its earnings are in the payout that pays them again',
    async (status) => {
      stage = await startStage('payout');
      const books = await booksOf(stage);
      const hand = byHand(stage, books);
      await stage.act();
      await stage.moveMinutes(5 * day);
      const { stripePayoutId } = await stage.run.follow();
      if (status === 'settled') {
        await stage.moveMinutes(11 * day);
        await stage.run.follow();
      }
      expect(await stage.row()).toMatchObject({ status });
      await stage.forgetWakeUps();
      await hand.debitBack(stripePayoutId ?? '');
      const wakes = Object.keys(await stage.wakeUps());
      expect(wakes.includes(`payout/${stage.payoutId}`)).toBe(status === 'paid');
      expect(await stage.row()).toMatchObject({ status: 'returned', failureCode: 'debited_back' });
      expect(await hand.earningsLeft()).toBe(100_00);
      expect(await books.holds()).toEqual([100_00]);
      await expectPaidAgain(stage, books);
    },
  );

  test('before the bank had it is returned once it was paid', async () => {
    stage = await startStage('payout');
    const books = await booksOf(stage);
    const hand = byHand(stage, books);
    await stage.act();
    const { stripePayoutId } = await stage.row();
    await stage.moveMinutes(day);
    await hand.debitBack(stripePayoutId ?? '');
    expect(await stage.row()).toMatchObject({ status: 'sent' });
    await stage.moveMinutes(5 * day);
    expect(await stage.run.follow()).toMatchObject({ status: 'paid' });
    await books.read();
    expect(await stage.row()).toMatchObject({ status: 'returned' });
    expect(await hand.earningsLeft()).toBe(100_00);
    expect(await books.open()).toEqual([]);
  });
});

describe('a payout that somebody else ordered', () => {
  test('in the name of one of ours that has another is foreign, and lowers what is paid next', async () => {
    stage = await startStage('payout');
    const books = await booksOf(stage);
    await stage.act();
    await books.charge(300_00);
    await books.payOut(100_00, stage.payoutId);
    await books.read();
    expect(await books.places()).toMatchObject({ foreign: 100_00, 'in-transit': 100_00 });
    expect(await books.discrepancies()).toEqual(['payout-unexpected -10000']);
    expect((await books.places()).account).toBe(await books.atStripe());
  });
});

describe('a payout that the bank sends back after all', () => {
  test('is returned though Stripe could not be read at first and newer lines came since', async () => {
    stage = await startStage('payout');
    const books = await booksOf(stage);
    await stage.act();
    await stage.moveMinutes(5 * day);
    await stage.run.follow();
    await stage.moveMinutes(11 * day);
    const { stripePayoutId } = await stage.run.follow();
    await books.read();
    await stage.sandbox.ask('POST', `payouts/${stripePayoutId}/fail`, { failureCode: 'declined' });
    const away = { kind: 'status', status: 500, method: 'GET', path: '/v1/payouts', count: 1 };
    await stage.sandbox.ask('PUT', 'faults', { rules: [away] });
    await expect(books.read()).rejects.toMatchObject({ type: 'StripeReadFailed' });
    expect(await stage.row()).toMatchObject({ status: 'settled' });
    await stage.moveMinutes(20);
    await books.charge(10_00);
    await stage.moveMinutes(41);
    await books.read();
    expect(await stage.row()).toMatchObject({ status: 'returned' });
    expect((await books.places()).account).toBe(await books.atStripe());
    expect(await books.open()).toEqual([]);
    expect(await books.discrepancies()).toEqual([]);
  });
});
