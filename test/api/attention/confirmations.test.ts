import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPayout } from '../../../db/payouts/rows.ts';
import { attentionStage, outcomes, whys } from '../../build/attention-stage.ts';
import { payoutStages } from '../../build/payout-stages.ts';
import { startStripeSide } from '../../build/stripe-side.ts';
import { startApi, type TestApi } from '../harness.ts';

/** Many payouts of unknown outcome are confirmed at once, after a look at Stripe for each. */
let sandbox: Awaited<ReturnType<typeof startStripeSide>>;
let api: TestApi;
let stages: ReturnType<typeof payoutStages>;
let stage: ReturnType<typeof attentionStage>;
beforeAll(async () => {
  sandbox = await startStripeSide();
  api = await startApi({ stripeAt: sandbox.url });
  stages = payoutStages(api, { account: () => sandbox.account() });
  stage = attentionStage(api);
  await sandbox.fund(900_00);
});
afterAll(() => sandbox.close());

const preview = async () => (await stage.preview('confirm-not-sent')).token;

test('sends again what Stripe does not have, and leaves out what it has', async () => {
  const [lost, made, canceled] = [
    await stages.parkUnknown('transfer'),
    await stages.parkUnknown('transfer'),
    await stages.parkUnknown('transfer'),
  ];
  await api.post(`/v1/payouts/${canceled}/cancel`, {});
  const { stripeAccount } = await readPayout(api.db, made);
  await sandbox.stripe.transfers.create({
    amount: 100_00,
    currency: 'usd',
    destination: stripeAccount ?? '',
    transfer_group: made,
    metadata: { payout_id: made },
  });
  const refused = await stage.stopped();
  const shown = await stage.preview('confirm-not-sent');
  const { list } = await stage.run(shown.token);
  expect(whys(shown)).toEqual({ [refused.payoutId]: 'not-offered' });
  const found = 'found-at-stripe';
  expect(outcomes(list)).toEqual({ [lost]: 'done', [made]: found, [canceled]: 'done' });
  expect(await stages.show(lost)).toMatchObject({ status: 'reserved', parked: null });
  expect(await stages.show(canceled)).toMatchObject({ status: 'canceled' });
  expect(await stage.parkedOf(made)).toBe('outcome-unknown');
  expect(await stage.parkedOf(refused.payoutId)).toBe('refused-by-stripe');
  const { decisions } = (await api.get(`/v1/payouts/${lost}/explain`)).body;
  expect(decisions).toContainEqual(
    expect.objectContaining({ reason: 'Stripe says that it is put right' }),
  );
});

test('confirms nothing while Stripe cannot be read', async () => {
  const payoutId = await stages.parkUnknown('payout');
  const token = await preview();
  await sandbox.ask('PUT', 'faults', {
    rules: [{ kind: 'status', method: 'GET', status: 403, count: 9 }],
  });
  const { list } = await stage.run(token);
  await sandbox.ask('PUT', 'faults', { rules: [] });
  expect(outcomes(list)).toMatchObject({ [payoutId]: 'not-looked' });
  expect(await stage.parkedOf(payoutId)).toBe('outcome-unknown');
  const again = await stage.run(await preview());
  expect(outcomes(again.list)).toMatchObject({ [payoutId]: 'done' });
});
