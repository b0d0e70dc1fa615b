import type { Stripe } from 'stripe';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toReadCharge } from '../../activities/stripe/charges.ts';
import { reservePayout } from '../../db/payouts/reservation.ts';
import { booksOf } from '../build/books.ts';
import { runActivity } from '../build/activities.ts';
import { type Stage, startStage } from '../build/stage.ts';

let stage: Stage;
let books: Awaited<ReturnType<typeof booksOf>>;
beforeEach(async () => {
  stage = await startStage('transfer');
  books = await booksOf(stage);
  await stage.act();
  await stage.moveMinutes(5);
  await runActivity(() => stage.activities.createPayout({ payoutId: stage.payoutId }));
});
afterEach(() => stage.close());

/** Charges the customer of the platform. The money is available at once. */
const charge = (amount: number, given: { passOn?: number; source?: string } = {}) =>
  stage.stripe.charges.create({
    amount,
    currency: 'usd',
    source: given.source ?? 'tok_bypassPending',
    ...(given.passOn && {
      transfer_data: { destination: stage.account, amount: given.passOn },
    }),
  });
const earn = (amount: number, of: string) =>
  stage.earn(stage.sellerId, amount, { currency: 'usd', charge: of });
const resolve = () => runActivity(() => stage.activities.resolveEarnings());
/** What a payout of everything would move from the platform and from the account. */
async function payable() {
  const payoutId = await stage.order(stage.sellerId, null, 'usd');
  const { fromPlatform, fromAccount } = await reservePayout(stage.db, payoutId);
  return [fromPlatform, fromAccount];
}

describe('an earning that names a charge', () => {
  test('which passes money to the seller by itself is not paid, whichever is read first', async () => {
    const { id } = await charge(80_00, { passOn: 75_00 });
    await earn(75_00, id);
    await resolve();
    await books.read();
    expect(await payable()).toEqual([0, 75_00]);
  });

  test('is not paid, if the books showed the money of the charge at the seller first', async () => {
    const { id } = await charge(80_00, { passOn: 75_00 });
    await books.read();
    await earn(75_00, id);
    await resolve();
    expect(await payable()).toEqual([0, 75_00]);
  });

  test('whose money somebody else transfers from the charge is not paid a second time', async () => {
    const { id } = await charge(80_00);
    await earn(75_00, id);
    await resolve();
    await stage.stripe.transfers.create({
      amount: 75_00,
      currency: 'usd',
      destination: stage.account,
      source_transaction: id,
    });
    await books.read();
    expect(await payable()).toEqual([0, 75_00]);
    expect(await books.discrepancies()).toEqual(['charge-pays-seller 0 7500']);
  });

  test('which the account charged by itself is not paid a second time', async () => {
    const { id } = await books.charge(80_00);
    await earn(75_00, id);
    await books.read();
    await resolve();
    expect((await payable())[0]).toBe(0);
    expect(await books.discrepancies()).toEqual(['charge-pays-seller 0 7500']);
  });

  test('which was refunded in part is paid up to what the charge kept', async () => {
    const { id } = await charge(80_00);
    await stage.stripe.refunds.create({ charge: id, amount: 50_00 });
    await earn(75_00, id);
    await resolve();
    expect(await payable()).toEqual([30_00, 0]);
    expect(await books.holds()).toEqual([45_00]);
    expect(await books.discrepancies()).toEqual(['charge-falls-short 3000 7500']);
  });

  test('which was refunded is not paid', async () => {
    const { id } = await charge(80_00);
    await stage.stripe.refunds.create({ charge: id });
    await earn(75_00, id);
    await resolve();
    expect(await payable()).toEqual([0, 0]);
  });

  test('which a customer disputes is not paid', async () => {
    const { id } = await charge(80_00, { source: 'tok_createDispute' });
    await earn(75_00, id);
    await resolve();
    await stage.moveMinutes(10 * 24 * 60);
    expect(await payable()).toEqual([0, 0]);
    expect(await books.discrepancies()).toEqual(['charge-falls-short 0 7500']);
  });

  test('which other earnings name as well gets the rest', async () => {
    const { id } = await charge(80_00);
    await earn(50_00, id);
    await earn(50_00, id);
    await resolve();
    expect(await payable()).toEqual([80_00, 0]);
    expect(await books.holds()).toEqual([20_00]);
  });

  test('is paid whole, if the charge brought and kept enough', async () => {
    const { id } = await charge(80_00);
    await earn(75_00, id);
    await resolve();
    expect(await payable()).toEqual([75_00, 0]);
    expect(await books.discrepancies()).toEqual([]);
  });
});

describe('a charge, as Stripe shows it,', () => {
  const read = async () =>
    stage.stripe.charges.retrieve((await charge(80_00)).id, { expand: ['balance_transaction'] });
  test('is read with what it brought and when', async () => {
    expect(toReadCharge(await read())).toMatchObject({
      charge: { currency: 'usd', captured: 80_00, refunded: 0, settled: { amount: 80_00 } },
      availableOn: expect.stringMatching(/Z$/),
    });
  });

  test.each<[what: string, change: Partial<Stripe.Charge>, read: object | null]>([
    ['is pending', { status: 'pending' }, null],
    ['has no balance transaction yet', { balance_transaction: null }, null],
    [
      'failed',
      { status: 'failed', balance_transaction: null },
      { charge: { isFailed: true }, availableOn: null },
    ],
    [
      'was never captured, and was given up',
      { balance_transaction: null, refunded: true, amount_refunded: 80_00, amount_captured: 0 },
      { charge: { captured: 0, refunded: 80_00 }, availableOn: null },
    ],
    [
      'passes everything on',
      { transfer_data: { amount: null, destination: 'acct_1' } },
      { charge: { passesOn: { account: 'acct_1', amount: 80_00 } } },
    ],
    [
      'passes money on to an account that it does not name',
      { transfer: 'tr_1' },
      { charge: { passesOn: { account: null, amount: 80_00 } } },
    ],
    [
      'only names whose business made the sale',
      { on_behalf_of: 'acct_1' },
      { charge: { passesOn: null } },
    ],
  ])('that %s says so', async (_what, change, expected) => {
    const shown = toReadCharge({ ...(await read()), ...change });
    if (expected === null) expect(shown).toBeNull();
    else expect(shown).toMatchObject(expected);
  });
});
