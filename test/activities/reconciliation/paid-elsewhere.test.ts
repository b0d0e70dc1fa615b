import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { releaseHold } from '../../../db/holds.ts';
import { cancelPayout } from '../../../db/payouts/cancellations.ts';
import { retryRefused } from '../../../db/payouts/commands.ts';
import { closeWithOutcome } from '../../../db/reconciliation/outcomes.ts';
import {
  type ElsewhereOrder,
  endPaidElsewhere,
} from '../../../db/reconciliation/paid-elsewhere.ts';
import type { MoneyStep } from '../../../domain/stripe.ts';
import type { Outcome } from '../../../domain/reconciliation/discrepancies.ts';
import { booksOf } from '../../build/books.ts';
import { type Stage, startStage } from '../../build/stage.ts';

const day = 24 * 60;
const by = 'key_1';
const reason = 'Paid in the Dashboard';
let stage: Stage;
let books: Awaited<ReturnType<typeof booksOf>>;

async function begin(step: MoneyStep): Promise<void> {
  stage = await startStage(step);
  books = await booksOf(stage);
}
beforeEach(() => begin('transfer'));
afterEach(() => stage.close());

/** Stripe refuses the step, for a reason that waiting does not remove. */
async function refuseStep(): Promise<void> {
  await stage.disturb({ kind: 'status', status: 400 });
  expect(await stage.act()).toMatchObject({ parked: 'refused-by-stripe' });
}
/** A person makes the transfer and the payout in Stripe's Dashboard, and the books are read. */
async function payByHand(amount = 100_00) {
  const transfer = await books.transfer(amount);
  await stage.moveMinutes(5 * day);
  const payout = await books.payOut(amount);
  await books.read();
  return { transferId: transfer.id, stripePayoutId: payout.id };
}
const inTx = <Answer>(run: Parameters<ReturnType<Stage['db']['transaction']>['execute']>[0]) =>
  stage.db.transaction().execute(run) as Promise<Answer>;

/** The open discrepancies, oldest first. */
const open = () =>
  stage.db
    .selectFrom('discrepancies')
    .select(['id', 'cause'])
    .where('closed_at', 'is', null)
    .orderBy('opened_at')
    .orderBy('cause', 'desc')
    .execute();
async function closeAll(outcome: Outcome | null): Promise<string[]> {
  const done = [];
  for (const { id } of await open()) {
    const closed = await inTx<Awaited<ReturnType<typeof closeWithOutcome>>>((tx) =>
      closeWithOutcome(tx, { id, reason, by, outcome }),
    );
    done.push('why' in closed ? closed.why : closed.kind);
  }
  return done;
}
async function releaseAll(): Promise<void> {
  const holds = await stage.db.selectFrom('holds').select('id').execute();
  for (const { id: holdId } of holds) await inTx((tx) => releaseHold(tx, { holdId, reason, by }));
}
const retry = () => inTx((tx) => retryRefused(tx, stage.payoutId));
const cancel = () => inTx((tx) => cancelPayout(tx, stage.payoutId, by));
const endElsewhere = (how: ElsewhereOrder['how']) =>
  inTx<Awaited<ReturnType<typeof endPaidElsewhere>>>((tx) =>
    endPaidElsewhere(tx, stage.payoutId, { by, reason, how }),
  );
/** What left the account to the seller's bank, by whomever. */
async function paidOut(): Promise<number> {
  const { payouts } = (await stage.sandbox.ask('GET', 'book')) as {
    payouts: { amount: number }[];
  };
  return payouts.reduce((sum, { amount }) => sum + amount, 0);
}
/** Reads the books, and returns where the money is. */
async function booksRead() {
  await books.read();
  return books.places();
}
/** How much of the earnings no payout contains. */
async function earningsLeft(): Promise<number> {
  const rows = await stage.db.selectFrom('earnings').select(['amount', 'allocated']).execute();
  return rows.reduce((sum, { amount, allocated }) => sum + amount - allocated, 0);
}
/** Both sides of the books agree: nothing differs, and the account has as much in the ledger. */
async function expectAgreement(): Promise<void> {
  await stage.moveMinutes(day);
  await books.age();
  await books.read();
  await books.reconcile();
  expect(await books.discrepancies()).toEqual([]);
  const { account = 0, 'account-reserved': reserved = 0 } = await books.places();
  expect(account + reserved).toBe((await books.atStripe()) ?? 0);
}

describe('a seller whom somebody paid by hand', () => {
  test('is not paid again by a retry of the payout', async () => {
    await refuseStep();
    await payByHand();
    await retry();
    expect(await stage.act()).toMatchObject({ waitingFor: 'unordered-money', parked: null });
    expect(await stage.made()).toEqual([]);
    expect(await paidOut()).toBe(100_00);
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
    expect(await paidOut()).toBe(100_00);
  });

  test('is paid less next time if money left before the payout reserved any', async () => {
    await cancel();
    await books.charge(300_00);
    const { account = 0 } = await booksRead();
    await books.payOut(100_00);
    await books.read();
    expect(await books.payAll()).toMatchObject({
      fromPlatform: 100_00,
      fromAccount: account - 100_00,
    });
  });

  test('is not paid again after a cancellation and the release of the hold', async () => {
    await refuseStep();
    await payByHand();
    await cancel();
    await releaseAll();
    expect(await books.payAll()).toMatchObject({
      status: 'requested',
      waitingFor: 'unordered-money',
    });
    expect(await paidOut()).toBe(100_00);
  });

  test('cannot have a discrepancy closed before a person says what the money was for', async () => {
    await payByHand();
    expect(await closeAll(null)).toEqual(['outcome-needed', 'outcome-needed']);
    expect(await open()).toHaveLength(2);
  });

  test('is not paid again once a person said that the money was owed', async () => {
    await refuseStep();
    await payByHand();
    expect(await closeAll('owed')).toEqual(['payout-in-flight', 'payout-in-flight']);
    await cancel();
    expect(await closeAll('owed')).toEqual(['closed', 'closed']);
    expect(await books.holds()).toEqual([]);
    expect(await books.payAll()).toMatchObject({ status: 'skipped' });
    expect(await paidOut()).toBe(100_00);
    expect(await earningsLeft()).toBe(0);
    await expectAgreement();
  });

  test('is paid what is owed once a person said that the money was for something else', async () => {
    await refuseStep();
    await payByHand();
    expect(await closeAll('not-owed')).toEqual(['closed', 'closed']);
    await retry();
    expect(await stage.act()).toMatchObject({ status: 'transferred' });
  });
});

describe('a payout that ends as paid elsewhere', () => {
  const ended = { kind: 'end' };

  test('by a transfer and a payout at Stripe settles earnings, holds and both discrepancies', async () => {
    await refuseStep();
    const { transferId, stripePayoutId } = await payByHand();
    expect(await endElsewhere({ stripeIds: [stripePayoutId, transferId] })).toMatchObject(ended);
    expect(await stage.row()).toMatchObject({ status: 'paid-elsewhere', parked: null });
    expect(await books.holds()).toEqual([]);
    expect(await open()).toEqual([]);
    expect(await earningsLeft()).toBe(0);
    expect(await books.places()).toEqual({ owed: -100_00, foreign: 100_00 });
    expect(await books.payAll()).toMatchObject({ status: 'skipped' });
    await expectAgreement();
  });

  test('by a payout at Stripe, after the engine made the transfer', async () => {
    await stage.close();
    await begin('payout');
    await refuseStep();
    const { id } = await books.payOut(100_00);
    await books.read();
    expect(await endElsewhere({ stripeIds: [id] })).toMatchObject(ended);
    expect(await stage.row()).toMatchObject({ status: 'paid-elsewhere' });
    expect(await earningsLeft()).toBe(0);
    expect(await books.payAll()).toMatchObject({ status: 'skipped' });
    await expectAgreement();
  });

  test('outside Stripe leaves nothing to pay', async () => {
    await refuseStep();
    expect(await endElsewhere({ proof: 'SEPA 4711' })).toMatchObject(ended);
    expect(await stage.row()).toMatchObject({ status: 'paid-elsewhere' });
    expect(await books.payAll()).toMatchObject({ status: 'skipped' });
    await expectAgreement();
  });

  test('outside Stripe is refused if the money is at the account', async () => {
    await stage.close();
    await begin('payout');
    await refuseStep();
    expect(await endElsewhere({ proof: 'SEPA 4711' })).toMatchObject({ why: 'at-account' });
  });

  test('is refused for another amount, which is named', async () => {
    await refuseStep();
    const { transferId, stripePayoutId } = await payByHand(90_00);
    expect(await endElsewhere({ stripeIds: [stripePayoutId, transferId] })).toMatchObject({
      why: 'differs',
      difference: 'payouts of 90.00 USD left the account, not of 100.00 USD',
    });
    expect(await stage.row()).toMatchObject({ status: 'reserved' });
  });

  test('is refused without the transfer, whose money would then be paid again', async () => {
    await refuseStep();
    const { stripePayoutId } = await payByHand();
    expect(await endElsewhere({ stripeIds: [stripePayoutId] })).toMatchObject({ why: 'differs' });
  });

  test('is refused for an object that the books do not show as unordered', async () => {
    await refuseStep();
    expect(await endElsewhere({ stripeIds: ['po_unheard'] })).toEqual({
      kind: 'not-unordered',
      stripeId: 'po_unheard',
    });
  });

  test('is refused while Stripe may still carry out a request', async () => {
    await stage.disturb({ kind: 'drop-after' });
    await expect(stage.act()).rejects.toThrow('Stripe could not be reached');
    expect(await endElsewhere({ proof: 'SEPA 4711' })).toMatchObject({ why: 'outcome-open' });
  });

  test('owes the money again when the transfer by hand is reversed later', async () => {
    await refuseStep();
    const { id } = await books.transfer(100_00);
    await books.read();
    await cancel();
    expect(await closeAll('owed')).toEqual(['closed']);
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
    await cancel();
    expect(await closeAll('owed')).toEqual(['closed']);
    await stage.moveMinutes(5 * day);
    expect(await books.payAll()).toMatchObject({ status: 'sent', fromPlatform: 0 });
    expect(await paidOut()).toBe(100_00);
    expect(await earningsLeft()).toBe(0);
    await expectAgreement();
  });
});
