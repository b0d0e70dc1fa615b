import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { retryRefused } from '../../../db/payouts/commands.ts';
import type { MoneyStep } from '../../../domain/stripe.ts';
import { booksOf } from '../../build/books.ts';
import { type Stage, startStage } from '../../build/stage.ts';
import { byHand } from './by-hand.ts';

const day = 24 * 60;
let stage: Stage;
let books: Awaited<ReturnType<typeof booksOf>>;
let hand: ReturnType<typeof byHand>;

async function begin(step: MoneyStep): Promise<void> {
  stage = await startStage(step);
  books = await booksOf(stage);
  hand = byHand(stage, books);
}
beforeEach(() => begin('transfer'));
afterEach(() => stage.close());

/** Stripe refuses the step, for a reason that waiting does not remove. */
async function refuseStep(): Promise<void> {
  await stage.disturb({ kind: 'status', status: 400 });
  expect(await stage.act()).toMatchObject({ parked: 'refused-by-stripe' });
}
const retry = () => stage.db.transaction().execute((tx) => retryRefused(tx, stage.payoutId));

describe('a seller whom somebody paid by hand', () => {
  test('is not paid again by a retry of the payout', async () => {
    await refuseStep();
    await hand.pay();
    await retry();
    expect(await stage.act()).toMatchObject({ waitingFor: 'unordered-money', parked: null });
    expect(await stage.made()).toEqual([]);
    expect(await hand.paidOut()).toBe(100_00);
  });

  test('is not paid again by a retry if only the payout was made by hand', async () => {
    await stage.close();
    await begin('payout');
    await refuseStep();
    await books.charge(300_00);
    await books.payOut(100_00);
    await books.read();
    await retry();
    expect(await stage.act()).toMatchObject({ waitingFor: 'unordered-money' });
    expect(await hand.paidOut()).toBe(100_00);
  });

  test('is paid less next time if money left before the payout reserved any', async () => {
    await hand.cancel();
    await books.charge(300_00);
    await books.read();
    const { account = 0 } = await books.places();
    await books.payOut(100_00);
    await books.read();
    expect(await books.payAll()).toMatchObject({
      fromPlatform: 100_00,
      fromAccount: account - 100_00,
    });
  });

  test('is not paid again after a cancellation and the release of the hold', async () => {
    await refuseStep();
    await hand.pay();
    await hand.cancel();
    await hand.releaseAll();
    expect(await books.payAll()).toMatchObject({
      status: 'requested',
      waitingFor: 'unordered-money',
    });
    expect(await hand.paidOut()).toBe(100_00);
  });

  test('cannot have a discrepancy closed before a person says what the money was for', async () => {
    await hand.pay();
    expect(await hand.closeAll(null)).toEqual(['outcome-needed', 'outcome-needed']);
    expect(await hand.open()).toHaveLength(2);
  });

  test('is not paid again once a person said that the money was owed', async () => {
    await refuseStep();
    await hand.pay();
    expect(await hand.closeAll('owed')).toEqual(['payout-in-flight', 'payout-in-flight']);
    await hand.cancel();
    expect(await hand.closeAll('owed')).toEqual(['closed', 'closed']);
    expect(await books.holds()).toEqual([]);
    expect(await books.payAll()).toMatchObject({ status: 'skipped' });
    expect(await hand.paidOut()).toBe(100_00);
    expect(await hand.earningsLeft()).toBe(0);
    await hand.expectAgreement();
  });

  test('is paid what is owed once a person said that the money was for something else', async () => {
    await refuseStep();
    await hand.pay();
    expect(await hand.closeAll('not-owed')).toEqual(['closed', 'closed']);
    await retry();
    expect(await stage.act()).toMatchObject({ status: 'transferred' });
  });
});

describe('a payout that ends as paid elsewhere', () => {
  const ended = { kind: 'end' };

  test('by a transfer and a payout at Stripe settles earnings, holds and both discrepancies', async () => {
    await refuseStep();
    const { transferId, stripePayoutId } = await hand.pay();
    expect(await hand.endElsewhere({ stripeIds: [stripePayoutId, transferId] })).toMatchObject(
      ended,
    );
    expect(await stage.row()).toMatchObject({ status: 'paid-elsewhere', parked: null });
    expect(await books.holds()).toEqual([]);
    expect(await hand.open()).toEqual([]);
    expect(await hand.earningsLeft()).toBe(0);
    expect(await books.places()).toEqual({ owed: -100_00, foreign: 100_00 });
    expect(await books.payAll()).toMatchObject({ status: 'skipped' });
    await hand.expectAgreement();
  });

  test('by a payout at Stripe, after the engine made the transfer', async () => {
    await stage.close();
    await begin('payout');
    await refuseStep();
    const { id } = await books.payOut(100_00);
    await books.read();
    expect(await hand.endElsewhere({ stripeIds: [id] })).toMatchObject(ended);
    expect(await stage.row()).toMatchObject({ status: 'paid-elsewhere' });
    expect(await hand.earningsLeft()).toBe(0);
    expect(await books.payAll()).toMatchObject({ status: 'skipped' });
    await hand.expectAgreement();
  });

  test('outside Stripe leaves nothing to pay', async () => {
    await refuseStep();
    expect(await hand.endElsewhere({ proof: 'SEPA 4711' })).toMatchObject(ended);
    expect(await stage.row()).toMatchObject({ status: 'paid-elsewhere' });
    expect(await books.payAll()).toMatchObject({ status: 'skipped' });
    await hand.expectAgreement();
  });

  test('outside Stripe is refused if the money is at the account', async () => {
    await stage.close();
    await begin('payout');
    await refuseStep();
    expect(await hand.endElsewhere({ proof: 'SEPA 4711' })).toMatchObject({ why: 'at-account' });
  });

  test('is refused for another amount, which is named', async () => {
    await refuseStep();
    const { transferId, stripePayoutId } = await hand.pay(90_00);
    expect(await hand.endElsewhere({ stripeIds: [stripePayoutId, transferId] })).toMatchObject({
      why: 'differs',
      difference: 'payouts of 90.00 USD left the account, not of 100.00 USD',
    });
    expect(await stage.row()).toMatchObject({ status: 'reserved' });
  });

  test('is refused without the transfer, whose money would then be paid again', async () => {
    await refuseStep();
    const { stripePayoutId } = await hand.pay();
    expect(await hand.endElsewhere({ stripeIds: [stripePayoutId] })).toMatchObject({
      why: 'differs',
    });
  });

  test('is refused for an object that the books do not show as unordered', async () => {
    await refuseStep();
    expect(await hand.endElsewhere({ stripeIds: ['po_unheard'] })).toEqual({
      kind: 'not-unordered',
      stripeId: 'po_unheard',
    });
  });

  test('is refused while Stripe may still carry out a request', async () => {
    await stage.disturb({ kind: 'drop-after' });
    await expect(stage.act()).rejects.toThrow('Stripe could not be reached');
    expect(await hand.endElsewhere({ proof: 'SEPA 4711' })).toMatchObject({ why: 'outcome-open' });
  });

  test('owes the money again when the transfer by hand is reversed later', async () => {
    await refuseStep();
    const { id } = await books.transfer(100_00);
    await books.read();
    await hand.cancel();
    expect(await hand.closeAll('owed')).toEqual(['closed']);
    await stage.stripe.transfers.createReversal(id, { amount: 100_00 });
    await books.read();
    expect(await books.discrepancies()).toEqual(['reversal-not-ordered -10000']);
    expect(await books.places()).toMatchObject({ platform: 100_00 });
    expect(await books.holds()).toEqual([100_00]);
  });

  test('is paid from the account if only the transfer was made by hand', async () => {
    await refuseStep();
    await books.transfer(100_00);
    await books.read();
    await hand.cancel();
    expect(await hand.closeAll('owed')).toEqual(['closed']);
    await stage.moveMinutes(5 * day);
    expect(await books.payAll()).toMatchObject({ status: 'sent', fromPlatform: 0 });
    expect(await hand.paidOut()).toBe(100_00);
    expect(await hand.earningsLeft()).toBe(0);
    await hand.expectAgreement();
  });
});
