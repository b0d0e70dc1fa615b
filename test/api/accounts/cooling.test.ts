import { beforeAll, describe, expect, test } from 'vitest';
import { recordBankAccounts } from '../../../db/accounts/bank-accounts.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { recordPaid } from '../../../db/payouts/steps.ts';
import type { PayoutId, SellerId } from '../../../domain/ids.ts';
import { payoutStages } from '../../build/payout-stages.ts';
import { daily, sellerSituations } from '../../build/seller-situations.ts';
import { startApi, type TestApi } from '../harness.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});

const turnTo = (sellerId: SellerId, stripeId: string) => {
  const bank = { stripeId, currency: 'eur', status: 'new', isDefault: true };
  const banks = [{ ...bank, fingerprint: `print of ${stripeId} of ${sellerId}` }];
  return api.db.transaction().execute((tx) => recordBankAccounts(tx, sellerId, banks, 48));
};

/** A seller who was paid, whose bank account is another since, and a payout that waits for it. */
async function changed(): Promise<{ sellerId: SellerId; payoutId: PayoutId; path: string }> {
  const sellerId = await api.makeSeller({ status: 'active' });
  const { beActive, earn, plan } = sellerSituations(api);
  await beActive(sellerId);
  await turnTo(sellerId, 'ba_1');
  const { send, orderFor } = payoutStages(api);
  await recordPaid(api.db, await send((await orderFor(sellerId)).payoutId), 10);
  await turnTo(sellerId, 'ba_2');
  await earn(sellerId);
  await plan(sellerId, daily);
  const ordered = await api.post(`/v1/sellers/${sellerId}/payouts`, {
    amount: 20_00,
    currency: 'eur',
  });
  const payoutId = String(ordered.body['id']) as PayoutId;
  await reservePayout(api.db, payoutId);
  return { sellerId, payoutId, path: `/v1/sellers/${sellerId}/bank-accounts/ba_2/waive-cooling` };
}

describe('a changed bank account', () => {
  test('is told with its date, by whom it is lifted, and with what a payday does meanwhile', async () => {
    const { sellerId, payoutId, path } = await changed();
    const banks = await api.get(`/v1/sellers/${sellerId}/bank-accounts`);
    const [{ coolsUntil }] = banks.body['data'] as [{ coolsUntil: string }];
    expect(banks.body['data']).toMatchObject([{ id: 'ba_2' }, { id: 'ba_1', coolsUntil: null }]);
    const wait = { for: 'cooling-period', actor: 'engine', lookAgainAt: coolsUntil };
    const seller = await api.get(`/v1/sellers/${sellerId}/explain`);
    expect(seller.body['waits']).toMatchObject([{ ...wait, commands: [{ path }] }, {}, {}]);
    const payout = await api.get(`/v1/payouts/${payoutId}/explain`);
    expect(payout.body).toMatchObject({
      waits: [wait, { ...wait, commands: [{ path }] }],
    });
    const [first] = payout.body['next'] as [{ at: string }];
    expect(first.at).toBe(coolsUntil);
    const { body } = await api.get(`/v1/sellers/${sellerId}/schedule/preview`);
    expect(body['now']).toMatchObject([{ pays: { amount: 0 }, reason: 'cooling-period' }]);
  });

  test('is let pay by the command that is named, which keeps its reason and its author', async () => {
    const { sellerId, payoutId, path } = await changed();
    const reason = 'called the number on file';
    const { status, body } = await api.post(path, { reason });
    expect([status, body['coolsUntil'], body['waiveReason']]).toEqual([200, null, reason]);
    const woken = (await api.wakeUps()).map(({ workflow_id: id }) => id);
    expect(woken).toContain(`payout/${payoutId}`);
    const { body: told } = await api.get(`/v1/sellers/${sellerId}/explain`);
    expect(told['decisions']).toContainEqual(
      expect.objectContaining({ what: 'Cooling period waived', reason, apiKeyName: 'shop' }),
    );
    expect(await reservePayout(api.db, payoutId)).toMatchObject({ status: 'reserved' });
    const again = await api.post(path, { reason });
    expect([again.status, again.body['type']]).toEqual([409, '/problems/bank-account-not-cooling']);
  });

  test.each([
    [
      'somebody who may only read',
      { reason: 'x' },
      'ba_2',
      { as: 'read' as const },
      403,
      'forbidden',
    ],
    ['who says no reason', {}, 'ba_2', {}, 400, 'invalid-request'],
    ['who names another one', { reason: 'x' }, 'ba_9', {}, 404, 'unknown-bank-account'],
  ])('is not let pay by %s', async (_who, body, bank, options, status, problem) => {
    const { path } = await changed();
    const refused = await api.post(path.replace('ba_2', bank), body, options);
    expect([refused.status, refused.body['type']]).toEqual([status, `/problems/${problem}`]);
  });
});
