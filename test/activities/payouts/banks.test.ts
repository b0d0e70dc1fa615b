import { afterEach, describe, expect, test } from 'vitest';
import { recordBankFailure } from '../../../db/accounts/bank-pauses.ts';
import { type Stage, startStage } from '../../build/stage.ts';
import { liftEveryStop, stopAllMoney } from '../../build/money.ts';

let stage: Stage;
afterEach(() => stage.close());

describe('a payout', () => {
  test('waits where its bank account is gone at Stripe, and goes to the next one that was looked at', async () => {
    stage = await startStage('payout');
    await stage.run.setManualPayouts();
    await stage.run.readAccount();
    const known = await bankOf(stage);
    const added = await addBank(stage);
    await stage.disturb({ kind: 'drop-before' });
    await expect(stage.act()).rejects.toMatchObject({ type: 'StripeUnreachable' });
    await stage.stripe.accounts.deleteExternalAccount(stage.account, known);
    expect(await stage.act()).toMatchObject({ status: 'transferred', waitingFor: 'bank-details' });
    expect(await stage.made()).toEqual([]);
    await stage.run.readAccount();
    expect(await stage.act()).toMatchObject({ status: 'sent' });
    expect(await stage.made()).toMatchObject([{ destination: added }]);
  });

  test('that was first meant for a bank account that is gone does not wait for what is known', async () => {
    stage = await startStage('payout');
    await stage.run.setManualPayouts();
    await stage.run.readAccount();
    const known = await bankOf(stage);
    await stage.disturb({ kind: 'drop-before' });
    await expect(stage.act()).rejects.toMatchObject({ type: 'StripeUnreachable' });
    const added = await addBank(stage);
    await stage.stripe.accounts.deleteExternalAccount(stage.account, known);
    await stage.run.readAccount();
    const { waitingFor, lookAgainAt, now } = await stage.act();
    expect({ waitingFor, isDue: (lookAgainAt ?? '') <= now }).toEqual({
      waitingFor: 'bank-details',
      isDue: true,
    });
    expect(await stage.act()).toMatchObject({ status: 'sent' });
    expect(await stage.made()).toMatchObject([{ destination: added }]);
  });

  test('goes where Stripe sends it while one that failed is all that is known', async () => {
    stage = await startStage('payout');
    await stage.run.setManualPayouts();
    const { sellerId, currency } = await stage.row();
    const failed = { sellerId, currency, bankAccount: 'ba_of_before', failureCode: 'declined' };
    await stage.db.transaction().execute((tx) => recordBankFailure(tx, failed));
    expect(await stage.act()).toMatchObject({ status: 'sent' });
    expect(await stage.made()).toMatchObject([{ destination: await bankOf(stage) }]);
  });

  test('waits where the bank accounts that are known are gone', async () => {
    stage = await startStage('payout');
    await stage.run.setManualPayouts();
    await stage.run.readAccount();
    await stage.db.updateTable('bank_accounts').set({ is_default: false }).execute();
    expect(await stage.act()).toMatchObject({ waitingFor: 'bank-details' });
    expect(await stage.posts()).toEqual([]);
  });

  test('goes to the bank account as it was looked at, though Stripe has another by now', async () => {
    stage = await startStage('payout');
    await stage.run.setManualPayouts();
    await stage.run.readAccount();
    const known = await bankOf(stage);
    await addBank(stage);
    expect(await stage.act()).toMatchObject({ status: 'sent' });
    expect(await stage.made()).toMatchObject([{ destination: known }]);
  });

  test('that was kept back before its first try goes to the bank account that is right then', async () => {
    stage = await startStage('payout');
    await stage.run.setManualPayouts();
    await stage.run.readAccount();
    await stopAllMoney(stage.db);
    expect(await stage.act()).toMatchObject({ waitingFor: 'money-stopped' });
    const added = await addBank(stage);
    await stage.run.readAccount();
    await liftEveryStop(stage.db);
    expect(await stage.act()).toMatchObject({ status: 'sent' });
    expect(await stage.made()).toMatchObject([{ destination: added }]);
  });
});

/** The bank account that payouts go to at Stripe. */
async function bankOf({ stripe, account }: Stage): Promise<string> {
  const { data } = await stripe.accounts.listExternalAccounts(account);
  return data.find((bank) => bank.default_for_currency)?.id ?? '';
}

/** Turns payouts to another bank account at Stripe; nobody tells the engine. */
async function addBank({ stripe, account }: Stage): Promise<string> {
  const { id } = await stripe.accounts.createExternalAccount(account, {
    external_account: {
      object: 'bank_account',
      country: 'US',
      currency: 'usd',
      routing_number: '110000000',
      account_number: '000123456789',
    },
    default_for_currency: true,
  });
  return id;
}
