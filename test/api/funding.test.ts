import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { paydaysAround } from '../../activities/paydays/calendar.ts';
import { readFunding } from '../../db/funding.ts';
import { recordEntries } from '../../db/ledger.ts';
import { reservePayout } from '../../db/payouts/reservation.ts';
import { readPayout } from '../../db/payouts/rows.ts';
import { parkPayout } from '../../db/payouts/steps.ts';
import { recordRefused } from '../../db/stripe/answers.ts';
import type { PayoutId, SellerId } from '../../domain/ids.ts';
import { minor } from '../../domain/money.ts';
import { payoutStages } from '../build/payout-stages.ts';
import { type MoneySandbox, startMoneySandbox } from '../sandbox/money/stage.ts';
import { startApi, type TestApi } from './harness.ts';

type Sum = { amount: number; currency: string };
type Told = {
  asOf: string;
  until: string;
  moneyStopped: boolean;
  currencies: {
    currency: string;
    summary: string;
    due: Sum;
    dueParts: Record<string, { payouts: number; money: Sum }>;
    missing: { atLeast: Sum; atMost: Sum };
    notDue: { reason: string; payouts: number; money: Sum }[];
  }[];
};

const sandboxes: MoneySandbox[] = [];
let api: TestApi;
let sandbox: MoneySandbox;
beforeEach(async () => {
  sandbox = await startMoneySandbox();
  sandboxes.push(sandbox);
  api = await startApi({ stripeAt: sandbox.url });
});
afterAll(() => Promise.all(sandboxes.map((one) => one.close())));

const eur = (amount: number): Sum => ({ amount, currency: 'eur' });
const daily = { interval: 'daily', timeZone: 'Europe/Berlin' };

async function seller(amount: number, schedule?: object): Promise<SellerId> {
  const id: SellerId = await api.makeSeller({ status: 'active' });
  if (schedule) await api.patch(`/v1/sellers/${id}`, { schedule });
  await api.post(`/v1/sellers/${id}/earnings`, { amount, currency: 'eur' });
  return id;
}

async function funding(query = ''): Promise<Told> {
  const { status, body } = await api.get(`/v1/funding${query}`);
  expect(status).toBe(200);
  return body as unknown as Told;
}

describe('what is missing to pay the sellers', () => {
  test('is nothing while nothing is due', async () => {
    await seller(100_00);
    const notDue = [{ reason: 'not-ordered', payouts: 1, money: eur(100_00) }];
    expect(await funding()).toMatchObject({
      moneyStopped: false,
      summary: expect.stringMatching(/^Nothing is due/),
      currencies: [{ due: eur(0), missing: { atMost: eur(0) }, notDue }],
    });
  });

  test('is what the paydays of the next week pay, less what is available', async () => {
    await sandbox.fund(60_00, 'eur');
    const available = await sandbox.available(undefined, 'eur');
    await seller(70_00, daily);
    await seller(30_00, daily);
    const { asOf, until, currencies } = await funding();
    expect(Date.parse(until) - Date.parse(asOf)).toBeGreaterThan(6.9 * 86_400_000);
    expect(currencies).toMatchObject([
      {
        currency: 'eur',
        due: eur(100_00),
        dueParts: { payday: { payouts: 2, money: eur(100_00) }, ordered: { payouts: 0 } },
        balance: { available: eur(available), pending: eur(0) },
        missing: { atLeast: eur(100_00 - available), atMost: eur(100_00 - available) },
        notDue: [],
      },
    ]);
    expect(currencies[0]?.summary).toMatch(/^100\.00 EUR is due .* is available, .* is missing$/);
  });

  test('is less if what is pending arrives, and says so', async () => {
    await sandbox.stripe.charges.create({ amount: 80_00, currency: 'eur', source: 'tok_visa' });
    await seller(100_00, daily);
    const [told] = (await funding()).currencies;
    const { pending } = (told as unknown as { balance: { pending: Sum } }).balance;
    expect(pending.amount).toBeGreaterThan(0);
    expect(told?.missing).toEqual({ atMost: eur(100_00), atLeast: eur(100_00 - pending.amount) });
    expect(told?.summary).toContain('100.00 EUR if none arrives');
  });

  test('leaves out what a charge does not cover', async () => {
    const id = await seller(20_00, daily);
    const paid = { amount: 80_00, currency: 'eur' };
    const source = 'tok_bypassPending';
    const { id: charge } = await sandbox.stripe.charges.create({ ...paid, source });
    await sandbox.stripe.refunds.create({ charge, amount: 70_00 });
    await api.post(`/v1/sellers/${id}/earnings`, { ...paid, charge });
    expect((await funding()).currencies).toMatchObject([{ due: eur(30_00) }]);
  });

  test('counts what is set aside and what is ordered, each once', async () => {
    const reserved = await seller(50_00, daily);
    const ordered = await seller(20_00, daily);
    const first = await api.post(`/v1/sellers/${reserved}/payouts`, { amount: 40_00 });
    await reservePayout(api.db, first.body['id'] as PayoutId);
    await api.post(`/v1/sellers/${ordered}/payouts`, {});
    const [told] = (await funding()).currencies;
    expect(told).toMatchObject({
      due: eur(70_00),
      dueParts: {
        'set-aside': { payouts: 1, money: eur(40_00) },
        ordered: { payouts: 1, money: eur(20_00) },
        payday: { payouts: 1, money: eur(10_00) },
      },
    });
  });

  test('counts what reaches a threshold until then', async () => {
    const soon = new Date(Date.now() + 2 * 86_400_000).toISOString();
    const id = await seller(60_00, { interval: 'manual', thresholds: { eur: 90_00 } });
    expect((await funding()).currencies).toMatchObject([{ due: eur(0) }]);
    const more = { amount: 40_00, currency: 'eur', availableOn: soon };
    await api.post(`/v1/sellers/${id}/earnings`, more);
    const [told] = (await funding()).currencies;
    expect(told?.dueParts['threshold']).toEqual({ payouts: 1, money: eur(100_00) });
  });

  test('is not for whom nothing is paid, and says why and how much', async () => {
    const [paused, held] = [await seller(10_00, daily), await seller(20_00, daily)];
    await seller(5_00, { ...daily, minimums: { eur: 25_00 } });
    await api.post(`/v1/sellers/${paused}/pause`, { reason: 'odd logins' });
    await api.post(`/v1/sellers/${held}/holds`, { reason: 'odd orders' });
    const [told] = (await funding()).currencies;
    expect(told).toMatchObject({ due: eur(0), missing: { atMost: eur(0) } });
    const reasons = told?.notDue.map(({ reason, money }) => `${reason} ${money.amount}`);
    expect(reasons?.toSorted()).toEqual([
      'below-minimum 500',
      'on-hold 2000',
      'seller-paused 1000',
    ]);
  });

  test('is not for money that nobody ordered, and names what would stop an order', async () => {
    const [, paused] = [await seller(10_00), await seller(20_00)];
    const { body } = await api.post('/v1/sellers', { email: 'new@shop.example', country: 'DE' });
    const earning = { amount: 40_00, currency: 'eur' };
    await api.post(`/v1/sellers/${String(body['id'])}/earnings`, earning);
    await api.post(`/v1/sellers/${paused}/pause`, { reason: 'odd logins' });
    const [told] = (await funding()).currencies;
    const reasons = told?.notDue.map(({ reason, money }) => `${reason} ${money.amount}`);
    expect(reasons?.toSorted()).toEqual([
      'not-ordered 1000',
      'seller-not-active 4000',
      'seller-paused 2000',
    ]);
  });

  test('counts owed money once while as much came without an order and is held', async () => {
    const sellerId = await seller(25_00);
    const eventKey = `${sellerId}/came`;
    const move = { kind: 'foreign', from: 'foreign', to: 'account', amount: minor(25_00) } as const;
    const entry = { eventKey, sellerId, currency: 'eur', ...move } as const;
    await recordEntries(api.db, [entry]);
    await api.post(`/v1/sellers/${sellerId}/holds`, {
      amount: 25_00,
      currency: 'eur',
      reason: 'r',
    });
    const notDue = [{ reason: 'not-ordered', payouts: 1, money: eur(25_00) }];
    expect((await funding()).currencies).toMatchObject([{ due: eur(0), notDue }]);
  });

  test('is nothing for a payout that Stripe refused for good, until it is retried', async () => {
    const id = await seller(90_00);
    const stages = payoutStages(api);
    const { body } = await api.post(`/v1/sellers/${id}/payouts`, {});
    const payoutId = await stages.reserve(body['id'] as PayoutId);
    const key = await stages.attempt(payoutId, 'transfer');
    const all = { due: eur(90_00), notDue: [] };
    // Stripe may have made the transfer, so that its money may be needed.
    expect((await funding()).currencies).toMatchObject([all]);
    await recordRefused(api.db, { key, refusal: 'other', error: { statusCode: 400 } });
    await parkPayout(api.db, await readPayout(api.db, payoutId), 'refused-by-stripe');
    const explanation = expect.stringMatching(/^Stripe refused the transfer/);
    const notDue = [{ reason: 'refused-by-stripe', explanation, payouts: 1, money: eur(90_00) }];
    const none = { due: eur(0), missing: { atLeast: eur(0), atMost: eur(0) }, notDue };
    expect((await funding()).currencies).toMatchObject([none]);
    await api.post(`/v1/payouts/${payoutId}/retry`, {});
    expect((await funding()).currencies).toMatchObject([all]);
  });

  test('is asked until a moment: what is due or payable later does not count', async () => {
    const id = await seller(70_00, daily);
    const { body } = await api.get(`/v1/sellers/${id}`);
    const next = Date.parse(String(body['nextPayoutAt']));
    const later = { amount: 9_00, currency: 'eur', availableOn: new Date(next + 1).toISOString() };
    await api.post(`/v1/sellers/${id}/earnings`, later);
    const by = async (at: number) => funding(`?until=${new Date(at).toISOString()}`);
    expect((await by(next - 1)).currencies).toEqual([]);
    expect((await by(next)).currencies).toMatchObject([{ due: eur(70_00) }]);
  });

  test('is told while all money is stopped', async () => {
    await seller(70_00, daily);
    await api.post('/v1/operations/stop-money', { reason: 'books are checked' });
    expect(await funding()).toMatchObject({
      moneyStopped: true,
      currencies: [{ due: eur(70_00) }],
    });
  });

  test('is the same however many sellers are looked at together', async () => {
    for (const amount of [1_00, 2_00, 3_00, 4_00, 5_00]) await seller(amount, daily);
    const { until } = await funding();
    for (const pageSize of [1, 2, 5, 6]) {
      const { due } = await readFunding(api.db, until, paydaysAround, pageSize);
      expect(due.get('eur')).toMatchObject({ fromPlatform: 15_00 });
    }
  });
});

test.each([
  'until=yesterday',
  'until=2020-01-01T00:00:00Z',
  'until=2199-01-01T00:00:00Z',
  'days=7',
])('nothing is told for %s', async (query) => {
  const { status, body } = await api.get(`/v1/funding?${query}`);
  const [pointer] = query.split('=');
  expect([status, body['errors']]).toMatchObject([400, [{ pointer: `/${pointer}` }]]);
});

test('Stripe that cannot be asked is a problem, not a balance of nothing', async () => {
  const away = await startApi();
  const { status, body } = await away.get('/v1/funding');
  expect([status, body['type']]).toEqual([503, '/problems/stripe-unavailable']);
});
