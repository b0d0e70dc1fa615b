import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import { recordRefused } from '../../../db/stripe/answers.ts';
import { newId, type PayoutId } from '../../../domain/ids.ts';
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
beforeEach(async () => {
  await sandbox.ask('PUT', 'faults', { rules: [] });
});

const steps = ['transfer', 'payout'] as const;

/** Makes at Stripe what a step asks for, in the sandbox's currency. */
async function make(payoutId: PayoutId, step: 'transfer' | 'payout', metadata = {}) {
  const row = await readPayout(api.db, payoutId);
  const destination = row.stripeAccount ?? '';
  const asked = { amount: 100_00, currency: 'usd', metadata };
  const acting = { stripeAccount: destination };
  const schedule = { interval: 'manual' as const };
  await sandbox.stripe.balanceSettings.update({ payments: { payouts: { schedule } } }, acting);
  const made = await sandbox.stripe.transfers.create({ ...asked, destination });
  if (step === 'transfer') return made.id;
  const { offsetMs } = (await sandbox.ask('GET', 'clock')) as { offsetMs: number };
  await sandbox.ask('POST', 'clock', { offsetMs: offsetMs + 3 * 24 * 3_600_000 });
  return (await sandbox.stripe.payouts.create(asked, acting)).id;
}

async function confirm(payoutId: PayoutId, options = {}) {
  const { status, body } = await api.post(`/v1/payouts/${payoutId}/confirm-not-sent`, {}, options);
  return { status, type: body['type'], detail: String(body['detail']) };
}

async function expectStillParked(payoutId: PayoutId, step: string): Promise<void> {
  expect(await stages.show(payoutId)).toMatchObject({ parked: { reason: 'outcome-unknown' } });
  const attempts = await stages.listOf(`/v1/payouts/${payoutId}/attempts`);
  expect(attempts.filter((one) => one['step'] === step)).toMatchObject([{ state: 'unknown' }]);
}

describe.each(steps)('the word that a %s was not sent', (step) => {
  test('is refused if Stripe has what names the payout, and the answer names it', async () => {
    const payoutId = await stages.parkUnknown(step);
    const id = await make(payoutId, step, { payout_id: payoutId });
    const answer = await confirm(payoutId);
    expect(answer).toMatchObject({ status: 409, type: '/problems/found-at-stripe' });
    expect(answer.detail).toContain(id);
    expect(answer.detail).toContain(`/v1/payouts/${payoutId}/confirm-sent`);
    await expectStillParked(payoutId, step);
  });

  test('is refused if Stripe has a payment like it that nobody explained', async () => {
    const payoutId = await stages.parkUnknown(step);
    // The sandbox's accounts are in US dollars.
    await api.db
      .updateTable('payouts')
      .set({ currency: 'usd' })
      .where('id', '=', payoutId)
      .execute();
    const id = await make(payoutId, step);
    const answer = await confirm(payoutId);
    expect(answer).toMatchObject({ status: 409, type: '/problems/found-at-stripe' });
    expect(answer.detail).toContain(`${id} of 100.00 USD`);
    await expectStillParked(payoutId, step);
  });

  test.each([
    ['does not answer', { status: 503 }, 503, '/problems/stripe-unavailable'],
    ['does not let the key look', { status: 403 }, 409, '/problems/stripe-refused'],
  ])('is refused while Stripe %s', async (_what, fault, status, type) => {
    const payoutId = await stages.parkUnknown(step);
    const rule = { method: 'GET', kind: 'status', count: 9, ...fault };
    await sandbox.ask('PUT', 'faults', { rules: [rule] });
    const answer = await confirm(payoutId, { key: `once-${payoutId}` });
    expect(answer).toMatchObject({ status, type });
    expect(answer.detail).toContain('Stripe could not be asked');
    await expectStillParked(payoutId, step);
    await sandbox.ask('PUT', 'faults', { rules: [] });
    expect(await confirm(payoutId, { key: `once-${payoutId}` })).toMatchObject({ status: 200 });
  });

  test.each(['adoption', 'line', 'discrepancy'] as const)(
    'is refused while an open %s names the payout',
    async (kind) => {
      const payoutId = await stages.parkUnknown(step);
      const id = await insertUnexplained(payoutId, kind);
      const answer = await confirm(payoutId);
      expect(answer).toMatchObject({ status: 409, type: '/problems/found-at-stripe' });
      expect(answer.detail).toContain(id);
      await expectStillParked(payoutId, step);
    },
  );

  test('is answered again as before when its request is repeated, without a look', async () => {
    const payoutId = await stages.parkUnknown(step);
    const key = `again-${payoutId}`;
    expect(await confirm(payoutId, { key })).toMatchObject({ status: 200 });
    const rule = { method: 'GET', kind: 'status', count: 9, status: 503 };
    await sandbox.ask('PUT', 'faults', { rules: [rule] });
    expect(await confirm(payoutId, { key })).toMatchObject({ status: 200 });
  });
});

describe.each(steps)('a payout whose %s a person says was not sent', (step) => {
  async function notSent(): Promise<PayoutId> {
    const payoutId = await stages.parkUnknown(step);
    expect(await confirm(payoutId)).toMatchObject({ status: 200 });
    return payoutId;
  }
  const cancel = (payoutId: PayoutId) => api.post(`/v1/payouts/${payoutId}/cancel`, {});

  test('is canceled after a look that found nothing', async () => {
    const { status, body } = await cancel(await notSent());
    expect([status, body['status']]).toEqual([200, 'canceled']);
  });

  test('keeps its cancellation if Stripe cannot be asked, or made it after all', async () => {
    const payoutId = await notSent();
    const rule = { method: 'GET', kind: 'status', count: 9, status: 503 };
    await sandbox.ask('PUT', 'faults', { rules: [rule] });
    const stands = { cancellation: { state: 'outcome-open' } };
    expect(await cancel(payoutId)).toMatchObject({ status: 200, body: stands });
    await sandbox.ask('PUT', 'faults', { rules: [] });
    await make(payoutId, step, { payout_id: payoutId });
    expect(await cancel(payoutId)).toMatchObject({ status: 200, body: stands });
    const { status } = await readPayout(api.db, payoutId);
    expect(status).toBe(step === 'transfer' ? 'reserved' : 'transferred');
  });

  test('is left out by a cancellation of many', async () => {
    const payoutId = await notSent();
    const key = await stages.attempt(payoutId, step);
    await recordRefused(api.db, { key, refusal: 'other', error: { statusCode: 400 } });
    const parked = { parked: 'refused-by-stripe', parked_at: new Date().toISOString() } as const;
    await api.db.updateTable('payouts').set(parked).where('id', '=', payoutId).execute();
    const filter = { kind: 'payout', reason: 'refused-by-stripe' };
    const { body } = await api.post('/v1/attention/preview', { filter, command: 'cancel' });
    const { first } = body['doesNotApply'] as { first: { id: string; why: string }[] };
    expect(first.find(({ id }) => id === payoutId)).toMatchObject({ why: 'look-first' });
  });
});

test('a payout is not canceled while a line of Stripe’s books names it', async () => {
  const { payoutId } = await stages.orderPayout();
  await reservePayout(api.db, payoutId);
  await insertUnexplained(payoutId, 'line');
  expect(await api.post(`/v1/payouts/${payoutId}/cancel`, {})).toMatchObject({
    status: 200,
    body: { status: 'reserved', cancellation: { state: 'outcome-open' } },
  });
});

test.each([
  ['with `callOff`', { callOff: true }, false],
  ['after its cancellation', {}, true],
])('a payout that was not sent ends %s, and nothing is sent again', async (_how, body, cancels) => {
  const payoutId = await stages.parkUnknown('transfer');
  if (cancels) await api.post(`/v1/payouts/${payoutId}/cancel`, {});
  const path = `/v1/payouts/${payoutId}/confirm-not-sent`;
  expect(await api.post(path, body)).toMatchObject({
    status: 200,
    body: { status: 'canceled', cancellation: { state: 'canceled' } },
  });
});

async function insertUnexplained(
  payoutId: PayoutId,
  kind: 'adoption' | 'line' | 'discrepancy',
): Promise<string> {
  const at = new Date().toISOString();
  const object = newId('tr');
  if (kind === 'adoption') {
    const of = { stripe_id: object, step: 'transfer' as const, payout_id: payoutId };
    const made = { stripe_account: 'acct_1' as const, amount: 1, currency: 'eur', created_at: at };
    await api.db
      .insertInto('adoptions')
      .values({ ...of, ...made })
      .execute();
  } else if (kind === 'line') {
    const line = { id: newId('txn'), type: 'transfer', currency: 'eur', net: -100_00, object };
    await api.db
      .insertInto('movements')
      .values({ ...line, transfer: object, payout_id: payoutId, created_at: at, available_on: at })
      .execute();
  } else {
    const about = { cause: 'transfer-unexpected' as const, object, payout_id: payoutId };
    await api.db
      .insertInto('discrepancies')
      .values({ id: newId('disc'), stripe_id: object, ...about })
      .execute();
  }
  return object;
}
