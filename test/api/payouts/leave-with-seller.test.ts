import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPayout } from '../../../db/payouts/rows.ts';
import { parkPayout } from '../../../db/payouts/steps.ts';
import type { PayoutId } from '../../../domain/ids.ts';
import { payoutStages } from '../../build/payout-stages.ts';
import { startStripeSide } from '../../build/stripe-side.ts';
import { startApi, type TestApi } from '../harness.ts';

let sandbox: Awaited<ReturnType<typeof startStripeSide>>;
let api: TestApi;
let stages: ReturnType<typeof payoutStages>;
beforeAll(async () => {
  sandbox = await startStripeSide();
  api = await startApi({ stripeAt: sandbox.url });
  stages = payoutStages(api, { account: () => sandbox.account() });
  for (let n = 0; n < 5; n += 1) await sandbox.fund(900_00);
});
afterAll(() => sandbox.close());

const reason = 'The seller disconnected the account';
const leave = (payoutId: PayoutId) =>
  api.post(`/v1/payouts/${payoutId}/leave-with-seller`, { reason });
const balancesOf = async (sellerId: string) => {
  const { body } = await api.get(`/v1/sellers/${sellerId}/balances`);
  return (body['data'] as { places: Record<string, number> }[])[0]?.places;
};

/** Makes the payout's transfer at Stripe as well. Returns its id and the account. */
async function transferAtStripe(payoutId: PayoutId) {
  const { stripeAccount } = await readPayout(api.db, payoutId);
  const destination = stripeAccount ?? '';
  const { id } = await sandbox.stripe.transfers.create({
    amount: 100_00,
    currency: 'usd',
    destination,
  });
  const transferId = id as `tr_${string}`;
  await api.db
    .updateTable('payouts')
    .set({ transfer_id: transferId })
    .where('id', '=', payoutId)
    .execute();
  return { id, destination };
}
const disconnect = (account: string) => sandbox.ask('POST', `accounts/${account}/deauthorize`);

async function expectRefused(payoutId: PayoutId, says: string): Promise<void> {
  const before = await readPayout(api.db, payoutId);
  const { status, body } = await leave(payoutId);
  expect([status, body['type']]).toEqual([409, '/problems/payout-not-with-seller']);
  expect(body['detail']).toContain(says);
  const { now: _now, ...after } = await readPayout(api.db, payoutId);
  expect(before).toMatchObject(after);
}

describe('a payout of unknown outcome whose account has left the platform', () => {
  test('ends with its money at the seller, after the word "not sent" was refused', async () => {
    const payoutId = await stages.parkUnknown('payout');
    const { destination } = await transferAtStripe(payoutId);
    await disconnect(destination);
    const refused = await api.post(`/v1/payouts/${payoutId}/confirm-not-sent`, {});
    expect(refused.status).toBe(409);
    expect(refused.body['detail']).toContain(`/v1/payouts/${payoutId}/leave-with-seller`);
    const { parked } = (await stages.show(payoutId)) as { parked: { commands: object[] } };
    const path = `/v1/payouts/${payoutId}/leave-with-seller`;
    expect(parked.commands).toContainEqual(expect.objectContaining({ method: 'POST', path }));
    const { status, body } = await leave(payoutId);
    const proof = `the account ${destination} has left the platform with the money`;
    const ends = { status: 'paid-elsewhere', paidElsewhere: { proof, reason }, parked: null };
    expect([status, body]).toMatchObject([200, ends]);
    const { sellerId } = await readPayout(api.db, payoutId);
    expect(await balancesOf(sellerId)).toMatchObject({ 'account-reserved': 0, foreign: 100_00 });
    const { body: told } = await api.get(`/v1/payouts/${payoutId}/explain`);
    expect(told['decisions']).toContainEqual(
      expect.objectContaining({ what: 'Ended as left with the seller', reason }),
    );
    expect(await stages.listOf(`/v1/payouts/${payoutId}/items`)).toMatchObject([
      { releasedAt: null },
    ]);
  });

  test('does not end so while Stripe lets the engine read the account', async () => {
    const payoutId = await stages.parkUnknown('payout');
    await transferAtStripe(payoutId);
    await expectRefused(payoutId, 'Stripe still lets the engine read the account');
  });

  test('does not end so if its transfer was reversed, or is not this platform’s', async () => {
    const payoutId = await stages.parkUnknown('payout');
    const { stripeAccount } = await readPayout(api.db, payoutId);
    const reversed = await stages.parkUnknown('payout');
    const { id, destination } = await transferAtStripe(reversed);
    await sandbox.stripe.transfers.createReversal(id, { amount: 100_00 });
    await disconnect(destination);
    await disconnect(stripeAccount ?? '');
    for (const one of [payoutId, reversed]) {
      await expectRefused(one, 'the money may be at the platform');
    }
  });

  test('does not end so while its request to Stripe has no answer', async () => {
    const { payoutId } = await stages.orderPayout();
    await stages.reserve(payoutId);
    await stages.transfer(payoutId);
    const { destination } = await transferAtStripe(payoutId);
    await stages.attempt(payoutId, 'payout');
    await disconnect(destination);
    await expectRefused(payoutId, 'has no answer yet');
  });
});

test('a sent payout that cannot be followed ends with its money at the seller', async () => {
  const { payoutId } = await stages.orderPayout();
  const sent = await stages.send(payoutId);
  const { destination } = await transferAtStripe(payoutId);
  await parkPayout(api.db, sent, 'unexpected-state', 'Stripe does not let this key read it');
  await disconnect(destination);
  expect(await leave(payoutId)).toMatchObject({ status: 200, body: { status: 'paid-elsewhere' } });
  expect(await balancesOf(sent.sellerId)).toMatchObject({ 'in-transit': 0, foreign: 100_00 });
  const closed = await api.post(`/v1/sellers/${sent.sellerId}/close`, { reason });
  expect([closed.status, closed.body['status']]).toEqual([200, 'closed']);
});

test('money at an account that has left goes with the seller, who can then be closed', async () => {
  const payoutId = await stages.parkUnknown('payout');
  const { destination } = await transferAtStripe(payoutId);
  const { sellerId } = await readPayout(api.db, payoutId);
  // A person calls the payout off before the account leaves: its money is at the account.
  const called = await api.post(`/v1/payouts/${payoutId}/confirm-not-sent`, { callOff: true });
  expect([called.status, called.body['status']]).toEqual([200, 'canceled']);
  await disconnect(destination);
  const close = () => api.post(`/v1/sellers/${sellerId}/close`, { reason });
  expect((await close()).status).toBe(409);
  const order = { currency: 'eur' };
  const { body: ordered } = await api.post(`/v1/sellers/${sellerId}/payouts`, order);
  const left = await leave(ordered['id'] as PayoutId);
  const money = { amount: 100_00, currency: 'eur' };
  expect(left).toMatchObject({ status: 200, body: { status: 'paid-elsewhere', total: money } });
  expect(await balancesOf(sellerId)).toMatchObject({ account: 0, foreign: 100_00 });
  const items = await stages.listOf(`/v1/payouts/${ordered['id'] as string}/items`);
  expect(items).toMatchObject([{ releasedAt: null }]);
  expect(await close()).toMatchObject({ status: 200, body: { status: 'closed' } });
});

test('a payout that has reserved nothing does not take what is not at the account', async () => {
  const { payoutId } = await stages.orderPayout();
  const { sellerId } = await readPayout(api.db, payoutId);
  const account = await sandbox.account(sellerId);
  await api.db
    .updateTable('sellers')
    .set({ stripe_account: account })
    .where('id', '=', sellerId)
    .execute();
  await disconnect(account);
  await expectRefused(payoutId, 'No money of this payout is at the account');
});

test('a payout whose money is at the platform does not end with the seller', async () => {
  const payoutId = await stages.parkUnknown('transfer');
  const { stripeAccount } = await readPayout(api.db, payoutId);
  await disconnect(stripeAccount ?? '');
  await expectRefused(payoutId, 'its money is at the platform');
  // The platform's own list shows transfers to an account that has left, so a look is possible.
  const confirmed = await api.post(`/v1/payouts/${payoutId}/confirm-not-sent`, {});
  expect([confirmed.status, confirmed.body['status']]).toEqual([200, 'reserved']);
});

test.each([
  ['reserved', false],
  ['transferred', true],
  ['sent', true],
  ['paid', false],
] as const)(
  'a parked payout that is %s offers the end only if it is obeyed: %s',
  async (at, is) => {
    const { payoutId } = await stages.orderPayout();
    await stages.reserve(payoutId);
    await api.db.updateTable('payouts').set({ status: at }).where('id', '=', payoutId).execute();
    await parkPayout(api.db, await readPayout(api.db, payoutId), 'unexpected-state');
    const path = `/v1/payouts/${payoutId}/leave-with-seller`;
    const { parked } = (await stages.show(payoutId)) as {
      parked: { commands: { path: string }[] };
    };
    const { body } = await api.get('/v1/attention');
    const listed = (body['data'] as { id: string; commands: { path: string }[] }[]).find(
      ({ id }) => id === payoutId,
    );
    const offers = [parked, listed].map((one) => one?.commands.some((each) => each.path === path));
    expect(offers).toEqual([is, is]);
    if (!is) await expectRefused(payoutId, 'No money of this payout is at the account');
  },
);
