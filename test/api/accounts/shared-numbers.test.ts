import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { recordBankAccounts } from '../../../db/accounts/bank-accounts.ts';
import { recordBankFailure } from '../../../db/accounts/bank-pauses.ts';
import { newId, type SellerId } from '../../../domain/ids.ts';
import { bank } from '../../db/accounts/bank-facts.ts';
import { startApi, type TestApi } from '../harness.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});

const tell = (sellerId: SellerId, stripeId: string, fingerprint: string) =>
  api.db.transaction().execute((tx) => {
    return recordBankAccounts(tx, sellerId, [bank(stripeId, { fingerprint })], 48);
  });

/** Two sellers with the same account number. */
async function twoSellers() {
  const number = newId('order');
  const [one, two] = [await seller(), await seller()];
  await tell(one, 'ba_one', number);
  await tell(two, 'ba_two', number);
  return { one, two };
}

/** The bank refuses a payout of this seller. */
async function fail(sellerId: SellerId, bankAccount: string): Promise<void> {
  const failed = { bankAccount, failureCode: 'account_closed' };
  await insertPayout(sellerId, {
    status: 'failed',
    bank_account: bankAccount,
    failure_code: failed.failureCode,
  });
  await api.db
    .transaction()
    .execute((tx) => recordBankFailure(tx, { sellerId, currency: 'eur', ...failed }));
}

async function insertPayout(
  sellerId: SellerId,
  given: { status: 'sent' | 'failed'; bank_account?: string; failure_code?: string },
): Promise<void> {
  const of = { id: newId('payout'), seller_id: sellerId, currency: 'eur', ordered_by: 'operator' };
  await api.db
    .insertInto('payouts')
    .values({ ...of, ...given, sent_at: sql<string>`business_now()` })
    .execute();
}

const seller = (): Promise<SellerId> => api.makeSeller({ status: 'active' });
const banksOf = async (id: SellerId) =>
  (await api.get(`/v1/sellers/${id}/bank-accounts`)).body['data'];

describe('an account number that several sellers use', () => {
  test('is listed and explained with the other sellers, and never told to the seller', async () => {
    const { one, two } = await twoSellers();
    await fail(one, 'ba_one');
    const sharedWith = { count: 1, first: [one] };
    expect(await banksOf(two)).toMatchObject([
      { id: 'ba_two', sharedWith, pausedAt: expect.any(String), failureCode: 'account_closed' },
    ]);
    const { body } = await api.get(`/v1/sellers/${two}/explain`);
    expect(body['bankAccounts']).toMatchObject([
      {
        sharedWith,
        paused: { code: 'account_closed', forSeller: expect.not.stringContaining(one) },
      },
    ]);
  });

  test('is resumed for all of them', async () => {
    const { one, two } = await twoSellers();
    await fail(one, 'ba_one');
    const { status, body } = await api.post(`/v1/sellers/${two}/bank-accounts/ba_two/resume`, {});
    expect([status, body['pausedAt']]).toEqual([200, null]);
    expect(await banksOf(one)).toMatchObject([{ pausedAt: null }]);
  });
});

test('a change to another seller’s number asks for a person, until the period is waived', async () => {
  const number = newId('order');
  const [victim, other] = [await seller(), await seller()];
  await tell(other, 'ba_other', number);
  await tell(victim, 'ba_own', newId('order'));
  await insertPayout(victim, { status: 'sent' });
  await api.post(`/v1/sellers/${victim}/earnings`, { amount: 70_00, currency: 'eur' });
  await tell(victim, 'ba_thief', number);
  const filter = `/v1/attention?sellerId=${victim}&reason=bank-account-shared`;
  const waive = `/v1/sellers/${victim}/bank-accounts/ba_thief/waive-cooling`;
  expect((await api.get(filter)).body['data']).toMatchObject([
    {
      kind: 'seller',
      id: victim,
      since: expect.any(String),
      commands: [{ path: waive }, { path: `/v1/sellers/${victim}/pause` }],
    },
  ]);
  const { body } = await api.get(`/v1/sellers/${victim}/explain`);
  expect(body['waits']).toContainEqual(
    expect.objectContaining({
      for: 'cooling-period',
      actor: 'operator',
      reason: expect.stringContaining(other),
    }),
  );
  expect((await banksOf(victim)) as unknown[]).toMatchObject([{ asksPerson: true }, {}]);
  expect((await api.post(waive, { reason: 'asked by telephone' })).status).toBe(200);
  expect((await api.get(filter)).body['data']).toEqual([]);
});
