import { afterEach, describe, expect, test } from 'vitest';
import { readSellerForWorkflow } from '../../../db/sellers/steps.ts';
import { nextSellerStep } from '../../../domain/sellers.ts';
import { type Stage, startStage } from '../../build/stage.ts';

let stage: Stage;
afterEach(() => stage.close());

const day = 24 * 60;
/** As somebody does in the Dashboard. */
const setTo = (interval: 'daily' | 'manual') =>
  stage.stripe.balanceSettings.update(
    { payments: { payouts: { schedule: { interval } } } },
    { stripeAccount: stage.account },
  );
const intervalAtStripe = async () => {
  const { payments } = await stage.stripe.balanceSettings.retrieve(
    {},
    { stripeAccount: stage.account },
  );
  return payments.payouts?.schedule?.interval;
};
const readSeller = () => readSellerForWorkflow(stage.db, stage.sellerId);
const reads = async (path: string) => {
  const answer = await stage.sandbox.ask('GET', `requests?method=GET&path=${path}`);
  return (answer as { requests: unknown[] }).requests.length;
};

describe('an account whose payouts somebody set back to automatic', () => {
  test.each([
    ['its own workflow', () => stage.run.readAccount()],
    ['the watch over all accounts', () => stage.run.rereadAccounts()],
  ])('is noticed by %s and set to manual again', async (_who, read) => {
    stage = await startStage('transfer');
    await setTo('manual');
    await read();
    expect(await readSeller()).toMatchObject({ status: 'active', payoutsAreManual: true });
    await setTo('daily');
    await stage.moveMinutes(61);
    await read();
    const seller = await readSeller();
    expect(seller).toMatchObject({ status: 'restricted', payoutsAreManual: false });
    expect(nextSellerStep(seller, new Set())).toEqual({ kind: 'set-manual-payouts' });
    expect(await stage.run.setManualPayouts()).toMatchObject({ status: 'active' });
    expect(await intervalAtStripe()).toBe('manual');
  });

  test('wakes its seller when another than its workflow noticed it', async () => {
    stage = await startStage('transfer');
    await setTo('daily');
    await stage.db.updateTable('sellers').set({ status: 'restricted' }).execute();
    await stage.forgetWakeUps();
    await stage.run.rereadAccounts();
    expect(await readSeller()).toMatchObject({ status: 'restricted', payoutsAreManual: false });
    expect(await stage.wakeUps()).toHaveProperty(`seller/${stage.sellerId}`);
  });

  test.each(['transfer', 'payout'] as const)(
    'gets no %s until it is set to manual, which wakes the payout',
    async (step) => {
      stage = await startStage(step);
      await setTo('daily');
      await stage.run.readAccount();
      const before = (await stage.posts()).length;
      expect(await stage.act()).toMatchObject({ waitingFor: 'automatic-payouts' });
      expect(await stage.posts()).toHaveLength(before);
      await stage.forgetWakeUps();
      await stage.run.setManualPayouts();
      expect(await stage.wakeUps()).toHaveProperty(`payout/${stage.payoutId}`);
      await stage.act();
      expect(await stage.made()).toHaveLength(1);
    },
  );

  test('has what Stripe paid out meanwhile paid once: no payout of ours follows it', async () => {
    stage = await startStage('payout');
    await setTo('daily');
    await stage.moveMinutes(7 * day);
    await setTo('manual');
    const taken = await stage.stripe.payouts.list({}, { stripeAccount: stage.account });
    expect(taken.data.map(({ amount, automatic }) => [amount, automatic])).toEqual([
      [100_00, true],
    ]);
    expect(await stage.act()).toMatchObject({ waitingFor: 'account-balance' });
    await stage.run.readMovements();
    expect(await stage.row()).toMatchObject({ status: 'skipped' });
    expect(await stage.balances(stage.sellerId)).toEqual({ owed: -100_00, foreign: 100_00 });
  });
});

describe('an account that was never set to manual', () => {
  test('is not asked how it pays out', async () => {
    stage = await startStage('transfer');
    await stage.db.updateTable('sellers').set({ payouts_manual_at: null }).execute();
    await stage.run.readAccount();
    expect(await reads('/v1/balance_settings')).toBe(0);
  });
});

describe('the watch over all accounts', () => {
  test('reads an account with four requests, and its country and agreement once', async () => {
    stage = await startStage('transfer');
    await stage.run.setManualPayouts();
    const pass = async () => {
      const before = await reads('/');
      await stage.run.rereadAccounts();
      await stage.moveMinutes(day);
      return (await reads('/')) - before;
    };
    expect([await pass(), await pass()]).toEqual([5, 4]);
  });
});
