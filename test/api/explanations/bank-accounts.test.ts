import { beforeAll, describe, expect, test } from 'vitest';
import { recordBankAccounts } from '../../../db/accounts/bank-accounts.ts';
import type { SellerId } from '../../../domain/ids.ts';
import { startApi, type TestApi } from '../harness.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});

const iban = { currency: 'eur', status: 'new', isDefault: true };

/** An active seller who is owed 50.00 and has these bank accounts at Stripe. */
async function aSellerWith(stripeIds: string[], currency: string): Promise<SellerId> {
  const id: SellerId = await api.makeSeller({ status: 'active' });
  await api.post(`/v1/sellers/${id}/earnings`, { amount: 50_00, currency });
  const banks = stripeIds.map((stripeId) => ({ ...iban, stripeId, fingerprint: stripeId }));
  await api.db.transaction().execute((tx) => recordBankAccounts(tx, id, banks, 0));
  const now = new Date().toISOString();
  await api.db
    .updateTable('sellers')
    .set({ lists_banks: true, account_read_at: now })
    .where('id', '=', id)
    .execute();
  return id;
}

describe('money that no bank account takes', () => {
  test('says which bank accounts both claim to be the default, and that one must be chosen', async () => {
    const id = await aSellerWith(['ba_one', 'ba_two'], 'eur');
    const { body } = await api.get(`/v1/sellers/${id}/explain`);
    expect(body['waits']).toContainEqual(
      expect.objectContaining({
        for: 'bank-account',
        actor: 'seller',
        reason: expect.stringMatching(
          /several bank accounts.*for EUR: ba_\w+ and ba_\w+\. Nothing/,
        ),
        forSeller: expect.stringContaining('choose one'),
        commands: [expect.objectContaining({ path: `/v1/sellers/${id}/account-session` })],
      }),
    );
    expect(JSON.stringify(body['waits'])).not.toContain('has no bank account');
    expect(body['money']).toMatchObject([{ payable: { amount: 0 }, earned: { amount: 50_00 } }]);
  });

  test('has one way out while there is no bank account at all', async () => {
    const id = await aSellerWith([], 'eur');
    const { body } = await api.get(`/v1/sellers/${id}/explain`);
    expect(JSON.stringify(body['waits'])).toContain('has no bank account for EUR');
    expect(JSON.stringify(body['waits'])).not.toContain('withdraw');
  });

  test('has two ways out: another bank account, or a currency that the bank account takes', async () => {
    const id = await aSellerWith(['ba_three'], 'bgn');
    const { body } = await api.get(`/v1/sellers/${id}/explain`);
    const commands = [
      { path: `/v1/sellers/${id}/onboarding-link` },
      { path: `/v1/sellers/${id}/account-session` },
      { path: '/v1/earnings/earn_.../withdraw' },
    ].map((one) => expect.objectContaining(one));
    const reason = expect.stringContaining('has no bank account for BGN');
    const liftedBy = expect.stringContaining('or owing the money in EUR');
    expect(body['waits']).toContainEqual(expect.objectContaining({ reason, liftedBy, commands }));
  });
});
