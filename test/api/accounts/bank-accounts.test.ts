import { beforeAll, describe, expect, test } from 'vitest';
import { type BankAccountFacts, recordBankAccounts } from '../../../db/accounts/bank-accounts.ts';
import { recordBankFailure } from '../../../db/accounts/bank-pauses.ts';
import { replaceRequirements } from '../../../db/accounts/requirements.ts';
import { type Requirement, requirementFailureOf } from '../../../domain/accounts/requirements.ts';
import { newId, type SellerId } from '../../../domain/ids.ts';
import { bank, ofNobodyElse } from '../../db/accounts/bank-facts.ts';
import { startApi, type TestApi } from '../harness.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
const nobody = newId('sel');

describe('the requirements of a seller', () => {
  const address: Requirement = {
    description: 'identity.individual.address',
    mustAct: 'seller',
    deadline: 'past_due',
    deadlineAt: '2199-12-01T00:00:00.000Z',
    blocks: ['stripe_balance.payouts'],
    errors: ['verification_failed_address_match'],
  };
  const given = (change: Partial<Requirement>): Requirement => ({ ...address, ...change });

  test.each<[why: string, asked: Requirement, text: string]>([
    [
      'what, who, by when, and what stands still without it',
      address,
      'The seller must provide: address (by 1 Dec 2199); the details are wrong: the seller’s address does not match the records; needed for payouts to the bank',
    ],
    [
      'one that only Stripe can meet',
      given({ mustAct: 'stripe', errors: [], deadlineAt: null }),
      'Stripe is checking: address (overdue); needed for payouts to the bank',
    ],
    [
      'one that stops nothing yet',
      given({ deadline: 'eventually_due', deadlineAt: null, errors: [], blocks: [] }),
      'The seller must provide: address (later)',
    ],
    [
      'one that stops what Stripe may name in future',
      given({ errors: [], blocks: ['something.new'] }),
      'The seller must provide: address (by 1 Dec 2199); needed for something.new',
    ],
  ])('are told in a sentence: %s', async (_why, asked, text) => {
    const sellerId = await api.makeSeller({ status: 'active' });
    await replace(sellerId, [asked]);
    const { status, body } = await api.get(`/v1/sellers/${sellerId}/requirements`, 'read');
    const { next, forSeller } = requirementFailureOf(asked, new Date().toISOString());
    expect([status, body['data']]).toEqual([200, [{ ...asked, text, next, forSeller }]]);
  });

  test('are none, and say that nobody read the account yet', async () => {
    const sellerId = await api.makeSeller();
    const { body } = await api.get(`/v1/sellers/${sellerId}/requirements`);
    expect(body).toEqual({ data: [], asOf: null });
  });
});

describe('the bank accounts of a seller', () => {
  test('are told without a number, the newest first, and with what happened to them', async () => {
    const sellerId = await sellerPaidTo('ba_1');
    await tell(sellerId, [bank('ba_2', { isDefault: false }), bank('ba_1')]);
    await fail(sellerId, 'ba_1');
    const { status, body } = await api.get(`/v1/sellers/${sellerId}/bank-accounts`, 'read');
    const [newest, oldest] = body['data'] as Record<string, unknown>[];
    expect(status).toBe(200);
    expect(newest).toMatchObject({ id: 'ba_2', isDefault: false, failures: 0, pausedAt: null });
    expect(oldest).toMatchObject({ id: 'ba_1', failures: 1, pausedAt: expect.any(String) });
    expect(Object.keys(oldest ?? {})).not.toContain('number');
  });

  test('that are paused take payouts again when an operator says so', async () => {
    const sellerId = await sellerPaidTo('ba_1');
    await fail(sellerId, 'ba_1');
    const payout = await api.post(`/v1/sellers/${sellerId}/payouts`, { currency: 'eur' });
    await api.db
      .updateTable('payouts')
      .set({ waiting_for: 'bank-details' })
      .where('id', '=', payout.body['id'] as `payout_${string}`)
      .execute();
    await api.db.deleteFrom('wake_ups').execute();
    const path = `/v1/sellers/${sellerId}/bank-accounts/ba_1/resume`;
    const { status, body } = await api.post(path, {});
    expect([status, body]).toMatchObject([200, { id: 'ba_1', pausedAt: null }]);
    expect(await api.wakeUps()).toEqual([
      { workflow_id: `payout/${String(payout.body['id'])}`, topics: ['payouts'] },
    ]);
  });

  test('that were paused pay anew what came back, once', async () => {
    const sellerId = await sellerPaidTo('ba_1');
    await fail(sellerId, 'ba_1');
    const back = newId('payout');
    const over = { status: 'failed', awaits_details: true, from_account: 30_00 } as const;
    const row = { id: back, seller_id: sellerId, currency: 'eur', ordered_by: 'key_1', ...over };
    await api.db.insertInto('payouts').values(row).execute();
    const path = `/v1/sellers/${sellerId}/bank-accounts/ba_1/resume`;
    for (const key of ['resume-1', 'resume-1', 'resume-2']) await api.post(path, {}, { key });
    const { body } = await api.get(`/v1/sellers/${sellerId}/payouts`);
    const ordered = (body['data'] as Record<string, unknown>[]).filter((one) => one['replaces']);
    expect(ordered).toMatchObject([{ replaces: back, requested: { amount: 30_00 } }]);
  });
});

test.each<[why: string, call: () => ReturnType<TestApi['get']>, problem: string]>([
  ['nobody has this id', () => api.get(`/v1/sellers/${nobody}/requirements`), 'unknown-seller'],
  ['nor is paid anywhere', () => api.get(`/v1/sellers/${nobody}/bank-accounts`), 'unknown-seller'],
  [
    'nor has anything to resume',
    () => api.post(`/v1/sellers/${nobody}/bank-accounts/ba_1/resume`, {}),
    'unknown-seller',
  ],
  [
    'the seller never had it',
    async () => api.post(`/v1/sellers/${await sellerPaidTo('ba_1')}/bank-accounts/ba_9/resume`, {}),
    'unknown-bank-account',
  ],
])('what is not there is said to be so: %s', async (_why, call, problem) => {
  const { status, body } = await call();
  expect([status, body['type']]).toEqual([404, `/problems/${problem}`]);
});

test.each([
  ['who may only read', { as: 'read' as const }, 403, 'forbidden'],
  ['who names no key', { key: null }, 400, 'idempotency-key-missing'],
])('a bank account is not resumed for somebody %s', async (_who, options, status, problem) => {
  const sellerId = await sellerPaidTo('ba_1');
  await fail(sellerId, 'ba_1');
  const path = `/v1/sellers/${sellerId}/bank-accounts/ba_1/resume`;
  const refused = await api.post(path, {}, options);
  expect([refused.status, refused.body['type']]).toEqual([status, `/problems/${problem}`]);
  const { body } = await api.get(`/v1/sellers/${sellerId}/bank-accounts`);
  expect(body['data']).toMatchObject([{ pausedAt: expect.any(String) }]);
});

const tell = (sellerId: SellerId, banks: BankAccountFacts[]) =>
  api.db.transaction().execute((tx) => {
    return recordBankAccounts(tx, sellerId, ofNobodyElse(sellerId, banks), 0);
  });
const replace = (sellerId: SellerId, requirements: Requirement[]) =>
  api.db.transaction().execute((tx) => replaceRequirements(tx, sellerId, requirements));

async function sellerPaidTo(bankAccount: string): Promise<SellerId> {
  const sellerId = await api.makeSeller({ status: 'active' });
  await tell(sellerId, [bank(bankAccount)]);
  return sellerId;
}

/** The bank says that there is no such account, and nothing more is sent there. */
async function fail(sellerId: SellerId, bankAccount: string): Promise<void> {
  const failed = { sellerId, currency: 'eur', bankAccount, failureCode: 'no_account' };
  await api.db.transaction().execute((tx) => recordBankFailure(tx, failed));
}
