import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MoneySandbox, startMoneySandbox } from '../../sandbox/money/stage.ts';
import { startApi, type TestApi } from '../harness.ts';

let sandbox: MoneySandbox;
let api: TestApi;
beforeAll(async () => {
  sandbox = await startMoneySandbox();
  api = await startApi({ stripeAt: sandbox.url });
});
afterAll(() => sandbox.close());

/** A seller with 30 dollars at its account that nobody told the engine of. */
async function sellerWithMoney() {
  const account = await sandbox.seller();
  await sandbox.fund(100_00);
  await sandbox.stripe.transfers.create({ amount: 30_00, currency: 'usd', destination: account });
  return { account, id: await api.makeSeller({ status: 'active', account }) };
}

describe('Stripe’s own balance beside ours', () => {
  test('shows what is at the account, and the difference to our books', async () => {
    const { id } = await sellerWithMoney();
    await api.post(`/v1/sellers/${id}/earnings`, { amount: 70_00, currency: 'eur' });
    const { body } = await api.get(`/v1/sellers/${id}/balances?stripe=true`);
    const [eur, usd] = body['data'] as { stripe: Record<string, { amount: number }> }[];
    expect(eur).toMatchObject({
      currency: 'eur',
      places: { platform: 70_00, account: 0 },
      stripe: { available: { amount: 0 }, pending: { amount: 0 }, difference: { amount: 0 } },
    });
    const { available, pending, difference } = usd?.stripe ?? {};
    expect((available?.amount ?? 0) + (pending?.amount ?? 0)).toBe(30_00);
    expect(difference).toEqual({ amount: 30_00, currency: 'usd' });
    expect(usd).toMatchObject({ currency: 'usd', places: { account: 0 } });
  });

  test.each(['', '?stripe=false'])('is not asked for unless wanted: %s', async (query) => {
    const { id } = await sellerWithMoney();
    await api.post(`/v1/sellers/${id}/earnings`, { amount: 70_00, currency: 'eur' });
    const { body } = await api.get(`/v1/sellers/${id}/balances${query}`);
    expect(body['data']).toEqual([expect.not.objectContaining({ stripe: expect.anything() })]);
  });

  test('is refused while there is no account, and says when Stripe cannot be asked', async () => {
    const young = await api.get(`/v1/sellers/${await api.makeSeller()}/balances?stripe=true`);
    expect([young.status, young.body['type']]).toEqual([409, '/problems/account-not-created']);
    const away = await startApi();
    const id = await away.makeSeller({ status: 'active' });
    const answered = await away.get(`/v1/sellers/${id}/balances?stripe=true`);
    expect([answered.status, answered.body['type']]).toEqual([503, '/problems/stripe-unavailable']);
    expect((await away.get(`/v1/sellers/${id}/balances`)).status).toBe(200);
  });

  test.each([
    ['stripe=yes', '/stripe'],
    ['currency=eur', '/currency'],
  ])('is not told for %s', async (query, pointer) => {
    const id = await api.makeSeller({ status: 'active' });
    const { status, body } = await api.get(`/v1/sellers/${id}/balances?${query}`);
    expect([status, body['errors']]).toMatchObject([400, [{ pointer }]]);
  });
});
