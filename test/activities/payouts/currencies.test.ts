import { afterEach, describe, expect, test } from 'vitest';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import type { Payout } from '../../../domain/payouts/states.ts';
import { booksOf } from '../../build/books.ts';
import { type Stage, startStage } from '../../build/stage.ts';

let stage: Stage;
afterEach(() => stage.close());

const euros = () =>
  stage.stripe.charges.create({ amount: 500_00, currency: 'eur', source: 'tok_bypassPending' });
const inEuros = async (): Promise<Payout> => {
  await euros();
  await stage.earn(stage.sellerId, 80_00, { currency: 'eur' });
  return (await booksOf(stage)).payAll('eur');
};

test('money set aside before the bank account was changed waits until that has cooled', async () => {
  stage = await startStage('payout');
  await stage.run.setManualPayouts();
  await stage.run.readAccount();
  const cool = (until: string | null) =>
    stage.db.updateTable('bank_accounts').set({ cools_until: until }).execute();
  const { now } = await stage.row();
  const until = new Date(Date.parse(now) + 60 * 60_000).toISOString();
  await cool(until);
  const row = await stage.act();
  expect(row).toMatchObject({ status: 'transferred', waitingFor: 'cooling-period' });
  expect(Math.abs(Date.parse(row.lookAgainAt ?? '') - Date.parse(until))).toBeLessThan(60_000);
  expect(await stage.made()).toEqual([]);
  await cool(null);
  expect(await stage.act()).toMatchObject({ status: 'sent' });
});

describe('money in a currency that the account does not hold', () => {
  test('is not even set aside while no bank account takes it', async () => {
    stage = await startStage('transfer');
    const row = await inEuros();
    expect(row).toMatchObject({ status: 'requested', waitingFor: 'bank-details' });
    await stage.bank(stage.sellerId, 'eur');
    expect(await reservePayout(stage.db, row.payoutId)).toMatchObject({ status: 'reserved' });
  });

  test('is not transferred where the bank account went away in the meantime', async () => {
    stage = await startStage('transfer');
    await stage.db.updateTable('sellers').set({ currency: 'eur' }).execute();
    expect(await stage.act()).toMatchObject({ status: 'reserved', waitingFor: 'bank-details' });
    expect(await stage.made()).toEqual([]);
    await stage.db.updateTable('sellers').set({ currency: 'usd' }).execute();
    expect(await stage.act()).toMatchObject({ status: 'transferred' });
  });

  test('that Stripe converted all the same stops its payout, and both sides are told', async () => {
    stage = await startStage('transfer');
    // Our list is older than Stripe's.
    await stage.bank(stage.sellerId, 'eur');
    const row = await inEuros();
    expect(row).toMatchObject({ status: 'transferred', parked: 'unexpected-state' });
    expect(row.parkedDetail).toMatch(/^tr_\w+: 80.00 EUR arrived as \d+\.\d\d USD$/);
    const books = await booksOf(stage);
    await books.read();
    expect(await books.discrepancies()).toEqual([
      expect.stringMatching(/^amount-differs \d+ 8000$/),
    ]);
    expect(await books.open()).toEqual([]);
  });
});
