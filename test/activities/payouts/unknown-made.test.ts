import { afterEach, describe, expect, test } from 'vitest';
import { readOperations } from '../../../db/money-stops/rows.ts';
import { listAdoptions } from '../../../db/recovery/adoptions.ts';
import { newId } from '../../../domain/ids.ts';
import { type Stage, startStage } from '../../build/stage.ts';

/** What Stripe made for a seller and this database does not know, before anything is sent. */
let stage: Stage;
afterEach(() => stage.close());

const done = { transfer: 'transferred', payout: 'sent' } as const;
const at = new Date().toISOString();

async function insertAdoption(given: { account?: string; currency?: string } = {}): Promise<void> {
  const row = {
    stripe_id: newId('po'),
    step: 'payout' as const,
    payout_id: newId('payout'),
    stripe_account: (given.account ?? stage.account) as `acct_${string}`,
    amount: 100_00,
    currency: given.currency ?? 'usd',
    created_at: at,
  };
  await stage.db.insertInto('adoptions').values(row).execute();
}

async function insertLine(object: string, given: object = {}): Promise<void> {
  const row = { type: 'payout', currency: 'usd', net: -100_00, payout_id: newId('payout') };
  const of = { seller_id: stage.sellerId, object, created_at: at, available_on: at };
  await stage.db
    .insertInto('movements')
    .values({ id: newId('txn'), ...row, ...of, ...given })
    .execute();
}

describe.each(['transfer', 'payout'] as const)('the first %s of a payout', (step) => {
  async function expectStopped(): Promise<void> {
    expect(await stage.act()).toMatchObject({ waitingFor: 'money-stopped' });
    expect(await stage.posts()).toEqual([]);
    expect(await stage.attempts()).toEqual([]);
    expect(await readOperations(stage.db)).toMatchObject({ moneyStopped: true });
  }

  test('is not sent while something that Stripe made for the seller is neither adopted nor dismissed', async () => {
    stage = await startStage(step);
    await insertAdoption();
    await expectStopped();
    await stage.db
      .updateTable('adoptions')
      .set({ outcome: 'dismissed', closed_at: at, closed_by: 'key_1', reason: 'of a test' })
      .execute();
    const lifted = { lifted_at: new Date().toISOString(), lifted_by: 'key_1' as const };
    await stage.db
      .updateTable('money_stops')
      .set({ ...lifted, lift_reason: 'of a test' })
      .execute();
    expect(await stage.act()).toMatchObject({ status: done[step] });
  });

  test('stops money if Stripe’s books show what no attempt made, in the name of another payout', async () => {
    stage = await startStage(step);
    await insertLine('po_lost');
    await expectStopped();
    expect(await listAdoptions(stage.db)).toMatchObject([
      { stripeId: 'po_lost', step: 'payout', amount: 100_00, sellerId: stage.sellerId },
    ]);
    await expectStopped();
  });

  test('is sent beside what Stripe made for another seller or in another currency', async () => {
    stage = await startStage(step);
    await insertAdoption({ account: 'acct_another' });
    await insertAdoption({ currency: 'eur' });
    await insertLine('po_lost', { currency: 'eur' });
    await insertLine('po_back');
    await insertLine('po_back', { type: 'payout_failure', net: 100_00 });
    await stage.db.updateTable('movements').set({ source: 'po_back' }).execute();
    expect(await stage.act()).toMatchObject({ status: done[step] });
  });

  test('is looked up and not sent if Stripe’s books show it already', async () => {
    stage = await startStage(step);
    const { stripe, account, payoutId } = stage;
    const asked = { amount: 100_00, currency: 'usd', metadata: { payout_id: payoutId } };
    const { id } =
      step === 'transfer'
        ? await stripe.transfers.create({ ...asked, destination: account })
        : await stripe.payouts.create(asked, { stripeAccount: account });
    const arrival = { type: 'payment', net: 100_00, transfer: id };
    await insertLine(id, { payout_id: payoutId, ...(step === 'transfer' && arrival) });
    expect(await stage.act()).toMatchObject({ unknownStep: step });
    await stage.lookUp();
    expect(await stage.row()).toMatchObject({ status: done[step], parked: null });
    expect(await stage.made()).toHaveLength(1);
  });
});
