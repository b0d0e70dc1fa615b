import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import { paydaysAround } from '../../../activities/paydays/calendar.ts';
import { readSellerToShow } from '../../../activities/explanations.ts';
import { readFunding } from '../../../db/funding.ts';
import { recordInstallation } from '../../../db/operations/installation.ts';
import { openPayday } from '../../../db/paydays/rows.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import { describePayout } from '../../../domain/explanations/temporal-ui/payouts.ts';
import type { PayoutId, SellerId } from '../../../domain/ids.ts';
import { nextStep } from '../../../domain/payouts/states.ts';
import { startApi, type TestApi } from '../harness.ts';

const words = 'Stripe does not let a platform in DE send money to accounts in JP';
const forSeller = expect.stringMatching(
  /^We cannot send money to accounts in your country at present/,
);
const bankAccount = /bank-account|bank-details|bank account/;

let api: TestApi;
beforeEach(async () => {
  api = await startApi({ platformCountry: null });
});

const startWorker = (platformCountry = 'DE') =>
  recordInstallation(api.db, {
    stripeAccount: 'acct_platform',
    livemode: false,
    stripeIs: 'sandbox',
    temporalNamespace: 'default',
    platformCountry,
  });

/** A seller in Japan, accepted for direct charges, with a bank account for yen alone. */
async function aiko(given: { externalId?: string } = {}): Promise<SellerId> {
  const seller = { email: 'aiko@example.com', country: 'JP', displayName: 'Aiko', ...given };
  const { body } = await api.post('/v1/sellers', { ...seller, flow: 'direct' });
  const id = body['id'] as SellerId;
  const account = {
    status: 'active' as const,
    stripe_account: `acct_${id.slice(4)}` as const,
    transfers_capability: 'active',
    payouts_capability: 'active',
    payouts_manual_at: sql<string>`business_now()`,
    account_read_at: sql<string>`business_now()`,
    lists_banks: true,
  };
  await api.db.updateTable('sellers').set(account).where('id', '=', id).execute();
  const bank = { stripe_id: 'ba_1', currency: 'jpy', status: 'new', is_default: true };
  await api.db
    .insertInto('bank_accounts')
    .values({ seller_id: id, ...bank })
    .execute();
  return id;
}

const earn = (id: SellerId, amount: number, currency: string) =>
  api.post(`/v1/sellers/${id}/earnings`, { amount, currency });

async function order(id: SellerId, body: object): Promise<PayoutId> {
  const answer = await api.post(`/v1/sellers/${id}/payouts`, body);
  expect(answer.status).toBe(202);
  const payoutId = answer.body['id'] as PayoutId;
  await reservePayout(api.db, payoutId);
  return payoutId;
}

async function explained(path: string) {
  const { body } = await api.get(`/v1/${path}/explain`);
  return { body, text: JSON.stringify({ ...body, bankAccounts: null }) };
}

describe('money that no route takes to the seller', () => {
  test.each(['eur', 'jpy'])(
    'in %s is not reserved, and the order waits for that',
    async (currency) => {
      await startWorker();
      const id = await aiko();
      await earn(id, 100_00, currency);
      const payoutId = await order(id, { currency });
      const { body, text } = await explained(`payouts/${payoutId}`);
      expect(body['payout']).toMatchObject({
        status: 'requested',
        fromPlatform: { amount: 0 },
        waiting: { for: 'no-route', forSeller },
      });
      expect(body['waits']).toMatchObject([
        {
          for: 'no-route',
          actor: 'operator',
          reason: expect.stringContaining(words),
          commands: [
            { path: `/v1/payouts/${payoutId}/cancel` },
            { path: `/v1/sellers/${id}/payouts`, body: { amount: '...', currency } },
          ],
        },
      ]);
      expect(text).not.toMatch(bankAccount);
    },
  );

  test('is owed and stopped, never payable, and nobody asks the seller for a bank account', async () => {
    await startWorker();
    const id = await aiko();
    await earn(id, 100_00, 'eur');
    await earn(id, 5_000, 'jpy');
    const { body, text } = await explained(`sellers/${id}`);
    expect(body['money']).toMatchObject([
      {
        stopped: { amount: 100_00, currency: 'eur' },
        payable: { amount: 0 },
        tooSmall: { amount: 0 },
      },
      {
        stopped: { amount: 5_000, currency: 'jpy' },
        payable: { amount: 0 },
        tooSmall: { amount: 0 },
      },
    ]);
    const wait = (amount: string) => ({
      for: 'no-route',
      actor: 'operator',
      reason: expect.stringMatching(`${amount} at the platform cannot be sent .*${words}`),
      forSeller,
    });
    expect(body['waits']).toMatchObject([wait('100.00 EUR'), wait('5000 JPY')]);
    expect(text).not.toMatch(bankAccount);
    expect(body['summary']).not.toMatch(/payable now/);
    const { details = '', needsOperator } = await readSellerToShow(api.db, id);
    expect(details).toContain(words);
    expect(details).toContain('**Must act: an operator');
    expect(details).not.toMatch(/a bank account|payable now/);
    expect(needsOperator).toBe(true);
  });

  test('waits for an operator: in the attention list by name, with the amounts', async () => {
    await startWorker();
    const id = await aiko({ externalId: 'shop-7' });
    await earn(id, 100_00, 'eur');
    const { body } = await api.get(`/v1/attention?sellerId=${id}`);
    expect(body['data']).toMatchObject([
      {
        kind: 'seller',
        id,
        seller: { externalId: 'shop-7', displayName: 'Aiko' },
        reason: 'no-route',
        explanation: expect.stringContaining(words),
        actor: 'operator',
        atStake: [{ amount: 100_00, currency: 'eur' }],
        commands: [{ path: `/v1/sellers/${id}/payouts` }],
      },
    ]);
    const { body: summary } = await api.get('/v1/attention/summary?reason=no-route');
    expect(summary).toMatchObject({ count: 1, atStake: [{ amount: 100_00, currency: 'eur' }] });
  });

  test('is paid in another way and recorded', async () => {
    await startWorker();
    const id = await aiko();
    await earn(id, 100_00, 'eur');
    const payoutId = await order(id, { currency: 'eur', amount: 100_00 });
    const { body } = await explained(`payouts/${payoutId}`);
    const path = `/v1/payouts/${payoutId}/paid-elsewhere`;
    expect(body['waits']).toMatchObject([{ for: 'no-route', commands: [{ path }] }]);
    const done = await api.post(path, { proof: 'wire 7', reason: 'no route to Japan' });
    expect(done).toMatchObject({ status: 200, body: { status: 'paid-elsewhere' } });
    expect((await explained(`sellers/${id}`)).body['waits']).not.toContainEqual(
      expect.objectContaining({ for: 'no-route' }),
    );
    expect((await api.get(`/v1/attention?sellerId=${id}`)).body['data']).toEqual([]);
  });

  test('is skipped by paydays, once, and the preview says so before', async () => {
    await startWorker();
    const id = await aiko();
    const schedule = { interval: 'daily', timeZone: 'Asia/Tokyo' };
    await api.patch(`/v1/sellers/${id}`, { schedule });
    await earn(id, 5_000, 'jpy');
    const { body } = await explained(`sellers/${id}`);
    expect(body['payday']).toMatchObject({
      money: [{ pays: { amount: 0 }, leaves: { amount: 5_000 }, reason: 'no-route', forSeller }],
    });
    for (let days = 0; days < 2; days += 1) {
      const next_payout_at = new Date().toISOString();
      await api.db.updateTable('sellers').set({ next_payout_at }).where('id', '=', id).execute();
      await openPayday(api.db, id, paydaysAround);
    }
    const { body: payouts } = await api.get(`/v1/payouts?sellerId=${id}`);
    expect(payouts['data']).toMatchObject([
      { status: 'skipped', skipReason: 'no-route', skippedForSeller: forSeller },
    ]);
    const { body: events } = await api.get('/v1/events?type=payout.skipped');
    expect(events['data']).toMatchObject([
      { sellerId: id, data: { reason: 'no-route', money: { amount: 5_000 } } },
    ]);
  });

  test('is no money that the platform must provide', async () => {
    await startWorker();
    const id = await aiko();
    await earn(id, 5_000, 'jpy');
    const end = new Date(Date.now() + 7 * 24 * 3_600_000).toISOString();
    const { due } = await readFunding(api.db, end, paydaysAround);
    expect(due.get('jpy')).toMatchObject({
      fromPlatform: 0,
      notDue: { 'no-route': { payouts: 1, amount: 5_000 } },
    });
  });

  test('is kept where it is if it was reserved before, and the wait names the reason', async () => {
    await startWorker('US');
    const id = await aiko();
    await api.db.updateTable('sellers').set({ service_agreement: 'recipient' }).execute();
    await earn(id, 5_000, 'jpy');
    const payoutId = await order(id, { currency: 'jpy' });
    await api.db.updateTable('installation').set({ platform_country: 'DE' }).execute();
    await api.db
      .updateTable('payouts')
      .set({ waiting_for: 'no-route', look_again_at: '2040-01-01T00:00:00Z' })
      .where('id', '=', payoutId)
      .execute();
    const { body, text } = await explained(`payouts/${payoutId}`);
    expect(body['payout']).toMatchObject({ status: 'reserved', fromPlatform: { amount: 5_000 } });
    expect(body['waits']).toMatchObject([
      {
        for: 'no-route',
        reason: expect.stringContaining(words),
        commands: [{ path: `/v1/payouts/${payoutId}/paid-elsewhere`, body: { proof: '...' } }],
      },
    ]);
    expect(text).not.toMatch(bankAccount);
    const row = await readPayout(api.db, payoutId);
    const page = describePayout(row, nextStep(row, false));
    expect(page).toContain(words);
    expect(page).toContain(`POST /v1/payouts/${payoutId}/paid-elsewhere`);
    const { due } = await readFunding(api.db, row.now, paydaysAround);
    expect(due.get('jpy')).toMatchObject({
      fromPlatform: 0,
      notDue: { 'no-route': { amount: 5_000 } },
    });
    const { body: attention } = await api.get(`/v1/attention?sellerId=${id}`);
    expect(attention['data']).toMatchObject([
      { reason: 'no-route', atStake: [{ amount: 5_000, currency: 'jpy' }] },
    ]);
  });
});

test('before a worker has read the platform’s country, nothing is refused', async () => {
  await startWorker();
  const id = await aiko();
  await api.db.deleteFrom('installation').execute();
  await earn(id, 5_000, 'jpy');
  const payoutId = await order(id, { currency: 'jpy' });
  const { body } = await api.get(`/v1/payouts/${payoutId}`);
  expect(body).toMatchObject({ status: 'reserved', fromPlatform: { amount: 5_000 } });
  expect((await api.get(`/v1/attention?sellerId=${id}`)).body['data']).toEqual([]);
});
